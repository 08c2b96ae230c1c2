"""zhanggui (掌柜): the operating system of an online shop's e-commerce manager."""

__version__ = "0.1.0"
