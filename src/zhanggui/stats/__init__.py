"""Pure mathematics on numbers and arrays; knows no word of a shop."""
