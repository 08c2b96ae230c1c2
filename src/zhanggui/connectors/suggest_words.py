"""What the columns of exports are called, in English and Chinese, by what they mean.

A meaning is a column of the shop model, or one of a few that need computing: ``line_amount`` (paid for one line),
``order_amount`` (paid for one order), ``success`` (of a payment), ``row_id`` (a number of the row),
``refund_amount``. The order of the words is their rank.
"""

# ruff: noqa: E501 - one meaning, one line

from __future__ import annotations

import re

_WORDS = {
    "order_id": "order id|order no|order number|invoice no|invoice number|invoice|basket id|transaction id|receipt id|"
    "receipt no|amazon order id|order name|bestellnummer|订单编号|主订单编号|订单号|订单id|交易编号|单号",
    "line_no": "line no|line number|order item id|line item id|position|行号|子订单编号|子订单号",
    "product_id": "product id|sku|sku id|stock code|item id|product code|item code|article number|asin|lineitem sku|item sku|item id|"
    "商品id|商品编码|商品编号|货号|商家编码|sku编码|样式id",
    "name": "product name|item name|lineitem name|title|product title|description|商品名称|宝贝标题|商品标题|标题|选购商品",
    "category": "category|department|product category|product type|category name|subcategory|sub category|类目|一级类目|二级类目|"
    "三级类目|分类|品类|商品类目",
    "brand": "brand|vendor|品牌",
    "list_price": "list price|msrp|rrp|标价|吊牌价",
    "unit_cost": "unit cost|cost price|cost per unit|成本|成本价|采购价",
    "quantity": "quantity|qty|lineitem quantity|total items|item count|units|pieces|数量|购买数量|商品数量|宝贝总数量|件数|订购数量|商品数量(件)",
    "unit_price": "unit price|price|item price|lineitem price|sale price|selling price|单价|商品单价|价格|京东价|售价",
    "line_amount": "line amount|line total|sales value|item total|revenue|sales|sales amount|net sales|amount|total price|商品金额|"
    "销售额|销售金额|成交金额|商品总价|商品总价(元)|金额",
    "order_amount": "order amount|order total|total amount|grand total|total|paid amount|amount paid|总金额|订单金额|买家应付货款|"
    "买家实际支付金额|实付金额|订单应付金额|应付金额|支付金额|用户实付金额|用户实付金额(元)",
    "discount_amount": "discount amount|discount|line discount|lineitem discount|total discount|优惠金额|折扣金额|店铺优惠|优惠",
    "shipping_amount": "shipping amount|shipping|shipping price|freight|freight value|delivery fee|postage|运费|邮费|买家应付邮费|运费金额",
    "tax_amount": "tax amount|tax|taxes|vat|item tax|税额|税费",
    "placed_at": "placed at|order date|ordered at|order time|created at|order created at|purchase date|invoice date|"
    "transaction timestamp|transaction date|order placed at|sale date|event time|occurred at|event timestamp|visited at|订单创建时间|下单时间|订单提交时间|订单成交时间|成交时间|创建时间|"
    "timestamp|tmsp|datetime|date|day|time|日期|时间|统计日期|事件时间|发生时间|行为时间|访问时间|时间戳",
    "paid_at": "paid at|payment date|date paid|payment time|订单付款时间|付款时间|支付时间|支付完成时间|付款确认时间",
    "cancelled_at": "cancelled at|canceled at|取消时间|订单关闭时间",
    "status": "order status|status|financial status|state of order|订单状态|状态|交易状态",
    "customer_id": "customer id|user id|buyer id|client id|household id|member id|account id|customer number|customer|buyer|"
    "买家会员名|用户id|会员id|客户id|买家id|会员号|下单帐号|买家|email|e mail|customer email|buyer email|邮箱",
    "country": "country|ship country|shipping country|billing country|country code|国家|收货国家",
    "region": "region|state|province|ship state|shipping province|省|省份|收货省份|收货地址",
    "city": "city|ship city|shipping city|town|市|城市|收货城市",
    "currency": "currency|currency code|币种",
    "payment_method": "payment method|payment type|card|card type|pay method|支付方式|付款方式",
    "coupon_code": "coupon code|discount code|voucher code|promo code|优惠券|优惠码|优惠券码",
    "device": "device|device type|device category|设备|终端",
    "source": "utm source|traffic source|referrer|source|渠道来源|流量来源|来源|渠道",
    "medium": "utm medium|medium|流量媒介|媒介",
    "refund_amount": "refund amount|refunded amount|amount refunded|退款金额",
    "refunded_at": "refunded at|refund date|退款时间",
    "gateway": "psp|gateway|payment gateway|payment provider|acquirer|支付通道",
    "success": "success|succeeded|is success|successful|approved|是否成功|支付结果",
    "error_code": "error code|decline code|failure code|错误码",
    "campaign_id": "campaign id|xyz campaign id|campaign|campaign name|计划id|推广计划|活动id|推广计划名称",
    "spend": "spend|spent|amount spent|cost|ad spend|花费|消耗|花费(元)|推广花费",
    "impressions": "impressions|impr|views|展现量|曝光量|展示数",
    "clicks": "clicks|link clicks|点击量|点击数",
    "reported_conversions": "conversions|total conversion|purchases|results|转化数|成交笔数",
    "reported_value": "conversion value|purchases conversion value|conv value|成交额|转化金额",
    "review_id": "review id|评价id|评论id",
    "rating": "rating|stars|review score|star rating|评分|星级",
    "text": "review|review text|comment|review comment message|评价内容|评论内容|评论|评价",
    "on_hand": "on hand|stock level|stock|inventory|stock quantity|库存|库存数量|在库",
    "warehouse": "warehouse|location|仓库",
    "visitors": "visitors|users|uv|访客数|访客",
    "sessions": "sessions|visits|会话数|访问次数",
    "page_views": "page views|pageviews|pv|浏览量",
    "gender": "gender|sex|性别",
    "birth_year": "birth year|year of birth|出生年份",
    "event_id": "event id|hit id|insert id|事件id|事件编号|日志id",
    "event": "event|event name|event type|behavior|behavior type|behaviour|behaviour type|user action|action type|action|"
    "事件|事件名称|事件类型|事件名|行为|行为类型|用户行为",
    "visitor_id": "visitor id|visitor|anonymous id|device id|cookie id|distinct id|user pseudo id|full visitor id|访客id|访客标识|"
    "设备id|匿名id",
    "session_id": "session id|session|user session|visit id|会话id|会话编号|会话标识|访问id",
    "page_url": "page url|url|page location|page path|current url|页面地址|页面url|网址|页面链接",
    "page_type": "page type|page category|页面类型",
    "query": "search term|query|search query|search keyword|搜索词|搜索关键词|关键词",
    "result_count": "result count|results|search results|number of results|搜索结果数|结果数",
    "value": "event value|value|revenue|事件金额|金额",
    "os": "os|operating system|操作系统",
    "browser": "browser|浏览器",
    "load_ms": "load ms|load time|page load time|加载时间|加载耗时",
    "row_id": "id|unnamed: 0|index|row id|attempt id|payment id|序号|流水号|业务流水号",
}  # fmt: skip
NUMERIC = frozenset(
    [
        "quantity",
        "unit_price",
        "line_amount",
        "order_amount",
        "discount_amount",
        "shipping_amount",
        "tax_amount",
        "refund_amount",
        "list_price",
        "unit_cost",
        "spend",
        "impressions",
        "clicks",
        "reported_conversions",
        "reported_value",
        "rating",
        "on_hand",
        "visitors",
        "sessions",
        "page_views",
        "result_count",
        "value",
        "load_ms",
    ]
)
TIMES = frozenset({"placed_at", "paid_at", "cancelled_at", "refunded_at"})


def plain(name: str) -> str:
    """A column name without case, spaces and signs: 'Order_ID ' and 'order id' are the same.

    >>> plain("Order_ID "), plain("商品总价(元)")
    ('orderid', '商品总价元')
    """
    return re.sub(r"[\W_]+", "", name.lower())


MEANINGS: dict[str, tuple[str, ...]] = {
    meaning: tuple(plain(word) for word in words.split("|")) for meaning, words in _WORDS.items()
}
