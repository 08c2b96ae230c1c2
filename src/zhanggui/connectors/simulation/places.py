"""Where visitors come from: traffic lanes, devices, countries and regions; who carries the parcels."""

from __future__ import annotations

from dataclasses import dataclass

DEVICES = ("mobile", "desktop", "tablet")
MOBILE, DESKTOP, TABLET = 0, 1, 2
WAREHOUSES = ("Shanghai", "Guangzhou")


@dataclass(frozen=True)
class Lane:
    """One stream of visitors.

    ``daily`` sessions a day at scale 1 (for paid lanes at their usual spend); ``mobile`` and ``foreign`` shares;
    ``bounce`` share; ``buying`` multiplies the chance to buy; ``landing`` shares of home, category and item page;
    ``cpc`` the usual price of a click, 0 when it is not paid for.
    """

    source: str
    medium: str
    daily: float
    mobile: float
    foreign: float
    bounce: float
    buying: float
    landing: tuple[float, float, float]
    cpc: float = 0.0
    slot: str = ""


LANES = (
    Lane("direct", "none", 282, 0.62, 0.05, 0.40, 1.25, (0.6, 0.15, 0.25)),
    Lane("baidu", "organic", 244, 0.66, 0.00, 0.50, 0.95, (0.15, 0.45, 0.40)),
    Lane("wechat", "social", 155, 0.97, 0.01, 0.48, 0.90, (0.35, 0.20, 0.45)),
    Lane("weibo", "social", 42, 0.92, 0.02, 0.60, 0.55, (0.3, 0.2, 0.5)),
    Lane("bing", "organic", 52, 0.25, 0.15, 0.50, 0.95, (0.15, 0.45, 0.40)),
    Lane("google", "organic", 70, 0.50, 0.75, 0.52, 0.80, (0.15, 0.40, 0.45)),
    Lane("dealforum", "referral", 8, 0.55, 0.02, 0.45, 1.60, (0.5, 0.2, 0.3)),
    Lane("baidu", "cpc", 52, 0.70, 0.00, 0.44, 1.30, (0.2, 0.3, 0.5), 1.9, "brand"),
    Lane("baidu", "cpc", 108, 0.70, 0.00, 0.55, 0.80, (0.05, 0.40, 0.55), 1.5, "generic"),
    Lane("douyin", "cpc", 42, 0.98, 0.00, 0.50, 0.85, (0.1, 0.1, 0.8), 1.2, "brand"),
    Lane("douyin", "cpc", 94, 0.98, 0.00, 0.60, 0.55, (0.05, 0.1, 0.85), 0.8, "generic"),
    Lane("xiaohongshu", "influencer", 80, 0.97, 0.02, 0.52, 0.85, (0.15, 0.15, 0.70), 1.1, "creators"),
    Lane("google", "cpc", 38, 0.55, 0.92, 0.50, 0.85, (0.1, 0.35, 0.55), 2.4, "generic"),
    Lane("newsletter", "email", 56, 0.60, 0.05, 0.34, 1.70, (0.25, 0.35, 0.40)),
    Lane("sms", "sms", 25, 1.00, 0.00, 0.36, 1.60, (0.4, 0.3, 0.3)),
)
EMAIL, SMS, FORUM = 13, 14, 6
PAID = tuple(number for number, lane in enumerate(LANES) if lane.cpc)

RETURNING_LANES = {0: 0.44, 1: 0.11, 2: 0.20, EMAIL: 0.17, SMS: 0.08}
"""How known customers come back: lane -> share."""


@dataclass(frozen=True)
class System:
    """Operating system and browser of a device."""

    device: int
    os: str
    browser: str
    share: float


SYSTEMS = (
    System(MOBILE, "iOS", "Safari", 0.26),
    System(MOBILE, "iOS", "WeChat", 0.16),
    System(MOBILE, "Android", "Chrome", 0.24),
    System(MOBILE, "Android", "WeChat", 0.24),
    System(MOBILE, "HarmonyOS", "Huawei Browser", 0.10),
    System(DESKTOP, "Windows", "Chrome", 0.50),
    System(DESKTOP, "Windows", "Edge", 0.24),
    System(DESKTOP, "macOS", "Safari", 0.17),
    System(DESKTOP, "Windows", "Firefox", 0.09),
    System(TABLET, "iPadOS", "Safari", 0.70),
    System(TABLET, "Android", "Chrome", 0.30),
)


@dataclass(frozen=True)
class Place:
    """A region: ``share`` of its country group, ``days`` a parcel usually takes, ``warehouse`` that serves it."""

    country: str
    region: str
    cities: tuple[str, ...]
    share: float
    days: float
    warehouse: int
    wealth: float = 1.0


PLACES = (
    Place("CN", "Guangdong", ("Guangzhou", "Shenzhen", "Foshan", "Dongguan"), 0.140, 1.6, 1, 1.1),
    Place("CN", "Jiangsu", ("Nanjing", "Suzhou", "Wuxi"), 0.095, 1.5, 0, 1.1),
    Place("CN", "Zhejiang", ("Hangzhou", "Ningbo", "Wenzhou"), 0.090, 1.5, 0, 1.1),
    Place("CN", "Shanghai", ("Shanghai",), 0.080, 1.1, 0, 1.25),
    Place("CN", "Beijing", ("Beijing",), 0.075, 2.1, 0, 1.25),
    Place("CN", "Shandong", ("Jinan", "Qingdao", "Yantai"), 0.075, 2.1, 0),
    Place("CN", "Sichuan", ("Chengdu", "Mianyang"), 0.065, 2.8, 1),
    Place("CN", "Henan", ("Zhengzhou", "Luoyang"), 0.060, 2.3, 0, 0.9),
    Place("CN", "Hubei", ("Wuhan", "Yichang"), 0.055, 2.2, 1),
    Place("CN", "Hunan", ("Changsha", "Zhuzhou"), 0.050, 2.1, 1),
    Place("CN", "Fujian", ("Fuzhou", "Xiamen", "Quanzhou"), 0.050, 2.0, 1),
    Place("CN", "Anhui", ("Hefei", "Wuhu"), 0.040, 1.9, 0, 0.9),
    Place("CN", "Hebei", ("Shijiazhuang", "Baoding"), 0.040, 2.4, 0, 0.9),
    Place("CN", "Liaoning", ("Shenyang", "Dalian"), 0.032, 2.9, 0),
    Place("CN", "Shaanxi", ("Xi'an",), 0.030, 2.8, 0),
    Place("CN", "Heilongjiang", ("Harbin", "Daqing"), 0.023, 3.6, 0, 0.9),
    Place("HK", "Hong Kong", ("Hong Kong",), 0.30, 3.0, 1, 1.3),
    Place("SG", "Singapore", ("Singapore",), 0.15, 5.0, 1, 1.3),
    Place("US", "California", ("Los Angeles", "San Francisco"), 0.20, 8.5, 0, 1.3),
    Place("US", "New York", ("New York",), 0.11, 9.0, 0, 1.3),
    Place("GB", "England", ("London", "Manchester"), 0.12, 9.5, 0, 1.2),
    Place("AU", "New South Wales", ("Sydney",), 0.12, 8.0, 1, 1.2),
)
HOME_PLACES = tuple(number for number, place in enumerate(PLACES) if place.country == "CN")
FOREIGN_PLACES = tuple(number for number, place in enumerate(PLACES) if place.country != "CN")

CARRIERS = ("Swift Express", "Lantern Post", "Harbour Line", "Crane Parcel", "Polar Air")
CARRIER_SHARES = (0.40, 0.27, 0.20, 0.13)
CARRIER_PACE = (0.90, 1.02, 1.05, 1.15, 1.0)
CARRIER_COST = (950, 720, 680, 620, 5200)
"""What a parcel costs the shop, in hundredths of the currency."""
FOREIGN_CARRIER = 4

METHODS = ("alipay", "wechat_pay", "bank_card", "apple_pay", "paypal")
GATEWAYS = ("lianpay", "tongpay", "cardlink")
SALES_CHANNELS = ("web", "app", "mini_program")
