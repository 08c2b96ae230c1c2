"""Customers: one row per known customer."""

from zhanggui.basics.words import Words
from zhanggui.shop.table import Column, Reference, Table

TABLE = Table(
    name="customers",
    words=Words("Customers", "顾客"),
    doc=Words("One row per known customer.", "每行是一位已知顾客。"),
    columns=(
        Column("customer_id", "id", Words("Number of the customer", "顾客编号"), required=True),
        Column("first_seen_at", "moment", Words("First visit or order known", "首次出现时间")),
        Column("registered_at", "moment", Words("When the account was made", "注册时间")),
        Column("country", "text", Words("Country", "国家")),
        Column("region", "text", Words("State or province", "省份或州")),
        Column("city", "text", Words("City", "城市")),
        Column("acquisition_source", "text", Words("Where the customer first came from", "首次来源")),
        Column(
            "acquisition_campaign_id", "id", Words("Campaign that first brought the customer", "首次来源的营销活动")
        ),
        Column("email_hash", "text", Words("Hash of the e-mail address, never the address", "邮箱哈希，从不存明文")),
        Column("email_consent", "flag", Words("May be written e-mail", "是否同意接收邮件")),
        Column("sms_consent", "flag", Words("May be sent text messages", "是否同意接收短信")),
        Column("birth_year", "count", Words("Year of birth", "出生年份"), unit="year"),
        Column("gender", "text", Words("Gender as the customer gave it", "性别（顾客自填）")),
        Column("tags", "text", Words("Labels of the shop, separated by commas", "店铺标签，逗号分隔")),
    ),
    key=("customer_id",),
    time="first_seen_at",
    references=(Reference("acquisition_campaign_id", "campaigns", "campaign_id"),),
)
