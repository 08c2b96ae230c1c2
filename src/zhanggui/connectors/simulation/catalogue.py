"""What the shop sells: 2,000 homeware products in a category tree, their makers, costs and prices over time."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from zhanggui.connectors.simulation.arrays import Flags, Floats, Longs
from zhanggui.connectors.simulation.clock import Clock
from zhanggui.connectors.simulation.options import Options

PRODUCTS = 2000
ALWAYS = 1 << 20
"""Day number of a delisting that never comes."""


@dataclass(frozen=True)
class Leaf:
    """The lowest level of a category: usual price, month of its peak (0 = none), strength, elasticity of demand."""

    path: str
    noun: str
    zh: str
    price: float
    peak: int = 0
    swing: float = 0.0
    elasticity: float = 1.6


_TREE = """
Kitchen > Cookware > Frying Pans | Frying Pan | 平底锅 | 149
Kitchen > Cookware > Woks | Wok | 炒锅 | 179
Kitchen > Cookware > Stock Pots | Stock Pot | 汤锅 | 199
Kitchen > Drinkware > Thermos Flasks | Thermos Flask | 保温杯 | 89 | 12 | 0.35
Kitchen > Drinkware > Mugs | Mug | 马克杯 | 39
Kitchen > Drinkware > Glasses | Glass Set | 玻璃杯 | 59 | 7 | 0.25
Kitchen > Tableware > Plates | Plate Set | 餐盘 | 79
Kitchen > Tableware > Bowls | Bowl Set | 碗 | 69
Kitchen > Tableware > Chopsticks and Cutlery | Cutlery Set | 餐具 | 49
Kitchen > Food Storage > Lunch Boxes | Lunch Box | 饭盒 | 69 | 9 | 0.3
Kitchen > Food Storage > Jars | Jar Set | 密封罐 | 45
Kitchen > Food Storage > Fresh-keeping Boxes | Fresh-keeping Box | 保鲜盒 | 35
Kitchen > Tea and Coffee > Tea Sets | Tea Set | 茶具 | 168 | 9 | 0.4
Kitchen > Tea and Coffee > Teapots | Teapot | 茶壶 | 98
Kitchen > Tea and Coffee > Coffee Makers | Coffee Maker | 咖啡壶 | 159
Bedroom > Bedding > Sheet Sets | Sheet Set | 床品套件 | 239
Bedroom > Bedding > Duvets | Duvet | 被子 | 289 | 11 | 0.5
Bedroom > Bedding > Pillows | Pillow | 枕头 | 99
Bedroom > Bedding > Summer Quilts | Summer Quilt | 夏凉被 | 159 | 6 | 0.6
Bedroom > Comfort > Blankets | Blanket | 毛毯 | 129 | 12 | 0.5
Bedroom > Comfort > Mosquito Nets | Mosquito Net | 蚊帐 | 89 | 6 | 0.7
Bedroom > Comfort > Bed Mats | Bed Mat | 凉席 | 139 | 7 | 0.7
Bathroom > Bath Linen > Towels | Towel Set | 毛巾 | 49
Bathroom > Bath Linen > Bathrobes | Bathrobe | 浴袍 | 159 | 12 | 0.3
Bathroom > Bath Linen > Bath Mats | Bath Mat | 地垫 | 45
Bathroom > Bath Accessories > Soap Dispensers | Soap Dispenser | 皂液器 | 35
Bathroom > Bath Accessories > Shower Caddies | Shower Caddy | 浴室置物架 | 79
Living Room > Decoration > Vases | Vase | 花瓶 | 79 | 2 | 0.3
Living Room > Decoration > Cushions | Cushion | 抱枕 | 55
Living Room > Decoration > Wall Clocks | Wall Clock | 挂钟 | 98
Living Room > Decoration > Photo Frames | Photo Frame | 相框 | 42
Living Room > Scents > Candles | Scented Candle | 香薰蜡烛 | 68 | 12 | 0.5
Living Room > Scents > Diffusers | Diffuser | 香薰机 | 118 | 11 | 0.3
Living Room > Textiles > Curtains | Curtain | 窗帘 | 189
Living Room > Textiles > Rugs | Rug | 地毯 | 209 | 11 | 0.3
Lighting > Lamps > Table Lamps | Table Lamp | 台灯 | 129 | 9 | 0.25
Lighting > Lamps > Floor Lamps | Floor Lamp | 落地灯 | 229
Lighting > Lamps > Night Lights | Night Light | 小夜灯 | 39
Storage > Organising > Storage Boxes | Storage Box | 收纳箱 | 49 | 3 | 0.2
Storage > Organising > Hangers | Hanger Set | 衣架 | 29
Storage > Organising > Shelves | Shelf | 置物架 | 119
Storage > Organising > Shoe Racks | Shoe Rack | 鞋架 | 89
Cleaning > Tools > Mops | Mop | 拖把 | 69 | 1 | 0.3
Cleaning > Tools > Dustbins | Dustbin | 垃圾桶 | 45
Cleaning > Tools > Brushes | Brush Set | 清洁刷 | 25
Outdoor > Garden > Plant Pots | Plant Pot | 花盆 | 35 | 4 | 0.6
Outdoor > Garden > Watering Cans | Watering Can | 洒水壶 | 39 | 5 | 0.6
Outdoor > Garden > Solar Lights | Solar Light | 太阳能灯 | 59 | 6 | 0.4
Outdoor > Picnic > Picnic Baskets | Picnic Basket | 野餐篮 | 119 | 4 | 0.6
Outdoor > Picnic > Cool Bags | Cool Bag | 保冷袋 | 59 | 7 | 0.6
Festive > Decorations > Lanterns | Lantern | 灯笼 | 45 | 1 | 1.2
Festive > Decorations > Christmas Trees | Christmas Tree | 圣诞树 | 139 | 12 | 2.2
Festive > Decorations > Gift Wrap | Gift Wrap | 礼品包装 | 19 | 12 | 0.8
"""
"""Per category: path | one of it | in Chinese | usual price | month of its peak | strength of the peak."""


def _leaves() -> tuple[Leaf, ...]:
    leaves: list[Leaf] = []
    groups: list[str] = []
    for line in _TREE.strip().splitlines():
        path, noun, zh, price, *season = (part.strip() for part in line.split("|"))
        group = path.rpartition(" > ")[0]
        groups += [group] if group not in groups else []
        peak, swing = season or ("0", "0")
        elasticity = 1.3 + 0.12 * (groups.index(group) % 8)
        leaves.append(Leaf(path, noun, zh, float(price), int(peak), float(swing), elasticity))
    return tuple(leaves)


LEAVES = _leaves()
BRANDS = (
    "Lumen", "Qinghe", "Nordhus", "Mori", "Casa Verde", "Yunshan", "Harbour & Hearth", "Zhuyin", "Oakline", "Pebble",
    "Jingdu", "Solveig", "Tansy", "Hearthstone", "Lanting", "Brightwell", "Cotswold Row", "Miho", "Xiyuan", "Plainware",
    "Fern & Fold", "Baihe", "Kettle Lane", "Skagen Home", "Muzhu", "Alder", "Songtao", "Fjord", "Wuyi", "Little Nest",
)  # fmt: skip
_STYLES = (
    ("Classic", "经典"), ("Nordic", "北欧"), ("Rustic", "田园"), ("Modern", "现代"), ("Vintage", "复古"),
    ("Linen", "亚麻"), ("Bamboo", "竹制"), ("Walnut", "胡桃木"), ("Ceramic", "陶瓷"), ("Steel", "不锈钢"),
    ("Glass", "玻璃"), ("Cotton", "纯棉"),
)  # fmt: skip
COLOURS = (
    ("White", "白色"), ("Sage", "鼠尾草绿"), ("Navy", "藏青"), ("Sand", "沙色"), ("Grey", "灰色"), ("Rose", "玫瑰粉"),
    ("Black", "黑色"), ("Amber", "琥珀色"),
)  # fmt: skip
_SUPPLIER_NAMES = (
    "Jinyu",
    "Hengda",
    "Longsheng",
    "Wanli",
    "Dongfang",
    "Ruixing",
    "Haitian",
    "Shunfa",
    "Yongle",
    "Taihe",
)
_SUPPLIER_KINDS = ("Ceramics", "Textiles", "Metalware", "Glassworks", "Crafts", "Trading")
SUPPLIERS = 60


def leaves_under(path: str) -> Flags:
    """Which categories lie under ``path``; '' holds them all."""
    return np.array([not path or f"{leaf.path} > ".startswith(f"{path} > ") for leaf in LEAVES], np.bool_)


@dataclass(frozen=True)
class Catalogue:
    """The products as arrays, sorted by category; prices and costs in hundredths of the currency.

    ``weight`` popularity at equal season; ``quality`` around 0; ``stocked`` [product, warehouse];
    ``price`` [day, product], and ``plain_price`` the same without planted price incidents;
    ``leaf_first`` the first product of every category, with one more at the end.
    """

    leaf: Longs
    leaf_first: Longs
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    brand: Longs
    supplier: Longs
    list_price: Longs
    cost: Longs
    weight: Floats
    quality: Floats
    elasticity: Floats
    listed: Longs
    delisted: Longs
    home: Longs
    stocked: Flags
    price: Longs
    plain_price: Longs
    lead_days: Longs
    minimum: Longs
    pack: Longs
    unreliable: Floats

    def best(self, path: str, count: int) -> Longs:
        """The ``count`` most wanted products whose category begins with ``path``, best first."""
        inside = leaves_under(path)[self.leaf]
        steady = inside & (self.listed < -30) & (self.delisted == ALWAYS)
        order = np.argsort(np.where(steady, -self.weight, 1.0), kind="stable")
        return order[: min(count, int(steady.sum()))].astype(np.int64)


def season_of_leaves(clock: Clock, day: int) -> Floats:
    """How wanted every category is around ``day``, 1 on the average of the year."""
    turn = clock.date_of(day).timetuple().tm_yday / 365.25
    factors = np.ones(len(LEAVES))
    for number, leaf in enumerate(LEAVES):
        if leaf.peak:
            near = np.exp(1.6 * (np.cos(2 * np.pi * (turn - (leaf.peak - 0.5) / 12)) - 1))
            factors[number] = (1 + 2.2 * leaf.swing * near) / (1 + 0.95 * leaf.swing)
    return factors


def catalogue_of(options: Options, clock: Clock) -> Catalogue:
    """The catalogue of the shop; the same for every scale."""
    rng = np.random.default_rng([options.seed, 21])
    share = rng.dirichlet(np.full(len(LEAVES), 6.0))
    leaf = np.sort(rng.choice(len(LEAVES), PRODUCTS, p=share)).astype(np.int64)
    rank = rng.permutation(PRODUCTS)
    weight = 1.0 / (rank + 7.0)
    listed, delisted = _lifetimes(rng, clock, rank)
    usual = np.array([entry.price for entry in LEAVES])[leaf]
    list_price = _price_points(usual * np.exp(rng.normal(0, 0.38, PRODUCTS)))
    cost = (list_price * rng.uniform(0.34, 0.62, PRODUCTS)).astype(np.int64)
    supplier = (leaf * 7 + rng.integers(0, 6, PRODUCTS)) % SUPPLIERS
    price, names = _prices(rng, clock, list_price), _names(rng, leaf)
    home = rng.integers(0, 2, PRODUCTS)
    stocked = np.stack([home == 0, home == 1], axis=1) | (rank < 600)[:, None]
    makers = _makers(options)
    return Catalogue(
        leaf=leaf,
        leaf_first=np.searchsorted(leaf, np.arange(len(LEAVES) + 1)).astype(np.int64),
        names=names[0],
        attributes=names[1],
        brand=(leaf * 3 + rng.integers(0, 8, PRODUCTS)) % len(BRANDS),
        supplier=supplier,
        list_price=list_price,
        cost=cost,
        weight=weight / weight.sum(),
        quality=rng.normal(0, 0.35, PRODUCTS),
        elasticity=np.array([entry.elasticity for entry in LEAVES])[leaf],
        listed=listed,
        delisted=delisted,
        home=home,
        stocked=stocked,
        price=price,
        plain_price=price.copy(),
        lead_days=makers[0][supplier],
        minimum=makers[1][supplier],
        pack=makers[2][supplier],
        unreliable=makers[3][supplier],
    )  # fmt: skip


def _lifetimes(rng: np.random.Generator, clock: Clock, rank: Longs) -> tuple[Longs, Longs]:
    """Days of listing and delisting: best sellers are always there, a fifth of the others is new, some end."""
    fresh = (rank >= 60) & (rng.random(PRODUCTS) < 0.22)
    listed = np.where(fresh, rng.integers(1, max(clock.days, 2), PRODUCTS), -rng.integers(40, 900, PRODUCTS))
    ends = (rank >= 300) & (rng.random(PRODUCTS) < 0.08)
    delisted = np.where(ends, np.maximum(listed, 0) + rng.integers(60, 500, PRODUCTS), ALWAYS)
    return listed.astype(np.int64), delisted.astype(np.int64)


def _makers(options: Options) -> tuple[Longs, Longs, Longs, Floats]:
    rng = np.random.default_rng([options.seed, 22])
    return (
        rng.integers(5, 29, SUPPLIERS),
        rng.choice(np.array([5, 10, 15, 20]), SUPPLIERS),
        rng.choice(np.array([1, 1, 2, 5]), SUPPLIERS),
        rng.beta(1.4, 4.5, SUPPLIERS),
    )


def suppliers_of(options: Options) -> dict[str, list[object]]:
    """The columns of the suppliers' table."""
    lead, minimum, pack, _ = _makers(options)
    numbers = range(SUPPLIERS)
    return {
        "supplier_id": [f"S{number:04d}" for number in numbers],
        "name": [f"{_SUPPLIER_NAMES[n % 10]} {_SUPPLIER_KINDS[n // 10]}" for n in numbers],
        "country": ["VN" if n % 17 == 3 else "IN" if n % 17 == 8 else "CN" for n in numbers],
        "lead_time_days": [float(value) for value in lead],
        "minimum_order": [int(value) for value in minimum],
        "pack_size": [int(value) for value in pack],
    }


def _price_points(raw: Floats) -> Longs:
    """Prices as shops write them: 39.90, 129.00, 259.00."""
    small = np.maximum(np.round(raw), 6) * 100 - 10
    large = np.round(raw / 10) * 1000 - 100
    return np.where(raw < 100, small, large).astype(np.int64)


def _prices(rng: np.random.Generator, clock: Clock, list_price: Longs) -> Longs:
    """Price of every day and product; a product's price moves about once a year, up more often than down."""
    price = np.repeat(list_price[:, None], clock.days, axis=1)
    moves = rng.poisson(clock.days / 365.0, PRODUCTS)
    for product in np.nonzero(moves)[0]:
        for day in sorted(rng.integers(15, max(clock.days, 16), moves[product])):
            factor = float(rng.choice(np.array([0.90, 0.95, 1.04, 1.06, 1.08])))
            if day < clock.days:
                price[product, day:] = _price_points(np.array([price[product, day] * factor / 100.0]))[0]
    return price.T


def _names(rng: np.random.Generator, leaf: Longs) -> tuple[tuple[str, ...], tuple[str, ...]]:
    styles, colours = rng.integers(0, len(_STYLES), PRODUCTS), rng.integers(0, len(COLOURS), PRODUCTS)
    grams = rng.integers(2, 60, PRODUCTS) * 50
    names, attributes = [], []
    for number in range(PRODUCTS):
        style, colour, kind = _STYLES[styles[number]], COLOURS[colours[number]], LEAVES[leaf[number]]
        names.append(f"{style[0]} {kind.noun}, {colour[0]} (No. {number + 1:04d})")
        facts = {
            "name_zh": f"{style[1]}{kind.zh} {colour[1]}",
            "colour": colour[0],
            "style": style[0],
            "weight_g": int(grams[number]),
        }
        attributes.append(json.dumps(facts, ensure_ascii=False))
    return tuple(names), tuple(attributes)
