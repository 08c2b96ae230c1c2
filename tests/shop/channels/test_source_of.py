"""Where a page view came from: tags, click parameters, referrers, and what is no source."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.shop.channels import Attribution, channel_group, source_of, telling_parameters

SHOP = "https://www.tea.example.cn/"
DIRECT = Attribution("(direct)", "(none)")


def known(found: Attribution) -> tuple[str | None, ...]:
    return (found.source, found.medium, found.campaign_id, found.click_id)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("utm_source=Google&utm_medium=CPC&utm_campaign=Spring", ("google", "cpc", "Spring", None)),
        ("utm_source=weixin&utm_medium=gzh&utm_campaign=%E6%98%A5%E8%8C%B6", ("weixin", "gzh", "春茶", None)),
        ("utm_source=a&utm_medium=b&utm_campaign=name&utm_id=77", ("a", "b", "77", None)),
        ("UTM_Source=a&Utm_Medium=b", ("a", "b", None, None)),
        ("utm_source=a&utm_source=b&utm_medium=m", ("a", "m", None, None)),
        ("utm_source=a+b&utm_medium=c%20d", ("a b", "c d", None, None)),
        ("utm_source=chatgpt.com", ("chatgpt.com", None, None, None)),
        ("utm_medium=email&utm_campaign=May", (None, "email", "May", None)),
        ("mtm_source=baidu&mtm_medium=sem&mtm_campaign=x", ("baidu", "sem", "x", None)),
        ("hmsr=zhihu&hmpl=kol&hmcu=c1", ("zhihu", "kol", "c1", None)),
        ("utm_source=google&gclid=Cj0", ("google", "cpc", None, "gclid")),
        ("utm_source=mail&gclid=Cj0", ("mail", None, None, "gclid")),
        ("utm_source=google&utm_medium=organic&gclid=Cj0", ("google", "organic", None, "gclid")),
        ("utm_campaign=c&gclid=Cj0", ("google", "cpc", "c", "gclid")),
    ],
)
def test_tags_of_the_address_come_first(query: str, expected: tuple[str | None, ...]) -> None:
    assert known(source_of(f"{SHOP}?{query}", "https://blog.example.org/")) == (
        expected if expected[0] else ("blog.example.org", *expected[1:])
    )


@pytest.mark.parametrize(
    ("query", "source", "medium", "group"),
    [
        ("gclid=1", "google", "cpc", "Paid Search"), ("gbraid=1", "google", "cpc", "Paid Search"),
        ("wbraid=1", "google", "cpc", "Paid Search"), ("dclid=1", "dv360", "display", "Display"),
        ("msclkid=1", "bing", "cpc", "Paid Search"), ("bd_vid=1", "baidu", "cpc", "Paid Search"),
        ("qhclickid=1", "360", "cpc", "Paid Search"), ("uctrackid=1", "shenma", "cpc", "Paid Search"),
        ("yclid=1", "yandex", "cpc", "Paid Search"), ("ttclid=1", "tiktok", "cpc", "Paid Social"),
        ("clickid=1&adid=2", "douyin", "cpc", "Paid Social"), ("twclid=1", "twitter", "cpc", "Paid Social"),
        ("qz_gdt=1", "tencent-ads", "cpc", "Paid Other"), ("gdt_vid=1", "tencent-ads", "cpc", "Paid Other"),
        ("li_fat_id=1", "linkedin", "cpc", "Paid Social"), ("ScCid=1", "snapchat", "cpc", "Paid Social"),
        ("awc=1", "awin", "affiliate", "Affiliates"), ("mc_cid=1", "mailchimp", "email", "Email"),
    ],
)  # fmt: skip
def test_a_click_parameter_of_advertising_names_platform_and_medium(
    query: str, source: str, medium: str, group: str
) -> None:
    found = source_of(f"{SHOP}item/1?{query}", "https://www.google.com/")
    assert (found.source, found.medium) == (source, medium)
    assert channel_group(found.source, found.medium, found.campaign_id) == group
    assert found.click_id == query.partition("=")[0].lower()


def test_a_click_parameter_of_shared_links_counts_only_where_the_referrer_says_nothing() -> None:
    assert known(source_of(f"{SHOP}?fbclid=1")) == ("facebook", "referral", None, "fbclid")
    assert known(source_of(f"{SHOP}?fbclid=1", "https://l.instagram.com/")) == ("instagram", "referral", None, None)
    assert known(source_of(f"{SHOP}?fbclid=1", "https://l.facebook.com/")) == ("facebook", "referral", None, None)


def test_a_parameter_with_a_common_name_counts_only_beside_its_companions() -> None:
    assert source_of(f"{SHOP}?clickid=1") == DIRECT
    assert source_of(f"{SHOP}?clickid=1&creativeid=2").source == "douyin"
    assert source_of(f"{SHOP}?adid=2") == DIRECT


@pytest.mark.parametrize(
    ("referrer", "source", "medium", "group"),
    [
        ("https://www.google.com.hk/", "google", "organic", "Organic Search"),
        ("https://www.baidu.com/link?url=x&wd=", "baidu", "organic", "Organic Search"),
        ("https://m.sogou.com/web", "sogou", "organic", "Organic Search"),
        ("https://www.so.com/s?q=tea", "360", "organic", "Organic Search"),
        ("https://cn.bing.com/search?q=tea", "bing", "organic", "Organic Search"),
        ("https://m.sm.cn/", "shenma", "organic", "Organic Search"),
        ("https://search.yahoo.co.jp/", "yahoo", "organic", "Organic Search"),
        ("android-app://com.google.android.googlequicksearchbox/", "google", "organic", "Organic Search"),
        ("https://mp.weixin.qq.com/s/abc", "wechat", "referral", "Organic Social"),
        ("https://servicewechat.com/wx1/2/page-frame.html", "wechat", "referral", "Organic Social"),
        ("https://www.xiaohongshu.com/explore/1", "xiaohongshu", "referral", "Organic Social"),
        ("https://www.douyin.com/", "douyin", "referral", "Organic Social"),
        ("https://weibo.cn/sinaurl?u=x", "weibo", "referral", "Organic Social"),
        ("https://zhuanlan.zhihu.com/p/1", "zhihu", "referral", "Organic Social"),
        ("https://www.bilibili.com/video/BV1", "bilibili", "referral", "Organic Video"),
        ("https://s.taobao.com/search", "taobao", "referral", "Organic Shopping"),
        ("https://item.jd.com/1.html", "jd", "referral", "Organic Shopping"),
        ("https://chatgpt.com/", "chatgpt", "ai-assistant", "AI Assistant"),
        ("https://www.doubao.com/chat/", "doubao", "ai-assistant", "AI Assistant"),
        ("https://mail.google.com/mail/u/0/", "gmail", "email", "Email"),
        ("https://mail.qq.com/cgi-bin/x", "qq-mail", "email", "Email"),
        ("https://Blog.Example.ORG:8443/a?b#c", "blog.example.org", "referral", "Referral"),
        ("http://茶.example/", "茶.example", "referral", "Referral"),
        ("https://docs.google.com/d/1", "docs.google.com", "referral", "Referral"),
    ],
)  # fmt: skip
def test_a_referrer_names_the_source(referrer: str, source: str, medium: str, group: str) -> None:
    found = source_of(SHOP, referrer)
    assert known(found) == (source, medium, None, None)
    assert channel_group(found.source, found.medium) == group


@pytest.mark.parametrize(
    "referrer",
    [
        None, "", "  ", SHOP, "https://tea.example.cn/cart", "https://m.tea.example.cn/x",
        "https://www.paypal.com/checkoutnow", "https://hooks.stripe.com/3d", "https://openapi.alipay.com/gateway.do",
        "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb", "https://gateway.95516.com/", "https://www.klarna.com/",
        "https://accounts.google.com/", "https://appleid.apple.com/", "https://open.weixin.qq.com/connect/oauth2",
        "about:blank", "file:///srv/b.html", "javascript:alert(1)", "not an address", "http://[broken", "http://",
        "http://\0/", "chrome-extension://abc/",
    ],
)  # fmt: skip
def test_the_own_site_and_stations_on_the_way_are_no_source(referrer: str | None) -> None:
    assert source_of(SHOP, referrer) == DIRECT


@pytest.mark.parametrize(
    ("page", "referrer", "same"),
    [
        ("https://shop.tea.com/", "https://www.tea.com/", True),
        ("https://tea.co.uk/", "https://coffee.co.uk/", False),
        ("https://m.tea.co.uk/", "https://tea.co.uk/", True),
        ("https://tea.com.cn/", "https://www.tea.com.cn/a", True),
        ("https://a.myshopify.com/", "https://b.myshopify.com/", False),
        ("https://a.myshopify.com/", "https://a.myshopify.com/cart", True),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:9000/", True),
        ("http://127.0.0.1/", "http://10.0.0.1/", False),
        ("http://[::1]/", "http://[::1]:81/", True),
        ("http://localhost:1/", "http://localhost:2/", True),
    ],
)
def test_two_hosts_are_one_site_when_the_same_name_was_registered(page: str, referrer: str, same: bool) -> None:
    assert (source_of(page, referrer) == DIRECT) == same


def test_an_app_says_where_a_page_without_referrer_was_opened() -> None:
    assert known(source_of(SHOP, "", app="WeChat")) == ("wechat", "referral", None, None)
    assert known(source_of(SHOP, None, app="微信")) == ("wechat", "referral", None, None)
    assert source_of(SHOP, SHOP, app="WeChat") == DIRECT
    assert source_of(SHOP, "https://www.baidu.com/", app="WeChat").source == "baidu"
    assert source_of(f"{SHOP}?utm_source=a&utm_medium=b", "", app="WeChat").source == "a"
    assert source_of(SHOP, "", app="Chrome") == DIRECT


def test_without_both_addresses_nothing_is_known_and_nothing_is_called_direct() -> None:
    for page in (None, "", "  ", "not an address"):
        assert source_of(page, None) == Attribution()
    assert source_of(None, "https://www.baidu.com/").source == "baidu"


def test_tags_are_found_behind_the_hash_too() -> None:
    assert known(source_of(f"{SHOP}#utm_source=a&utm_medium=b"))[:2] == ("a", "b")
    assert known(source_of(f"{SHOP}#/item/1?utm_source=a&utm_medium=b"))[:2] == ("a", "b")
    assert known(source_of(f"{SHOP}?utm_source=q&utm_medium=m#utm_source=a"))[:2] == ("q", "m")


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "(not set)",
        "none",
        "null",
        "{network}",
        "{{campaign.name}}",
        "__CAMPAIGN__",
        "[source]",
        "anna@tea.example.cn",
    ],
)
def test_empty_unfilled_and_personal_values_are_not_taken(value: str) -> None:
    assert source_of(f"{SHOP}?{urlencode({'utm_source': value})}", "") == DIRECT


def test_long_and_odd_addresses_are_answered() -> None:
    assert source_of(f"{SHOP}?utm_source={'a' * 100_000}").source == "a" * 200
    assert source_of(SHOP + "?" + "&".join(f"p{n}=1" for n in range(10_000)) + "&utm_source=late") == DIRECT
    assert source_of(f"{SHOP}?utm_source=%ff%fe%00tea&utm_medium=x").source == "\ufffd\ufffd tea"
    assert source_of(f"{SHOP}?utm_source=%3Cscript%3E&utm_medium=x").source == "<script>"


def test_the_parameters_that_tell_a_source_are_lower_case_and_hold_nothing_personal() -> None:
    names = telling_parameters()
    assert {"utm_source", "utm_medium", "utm_campaign", "utm_id", "gclid", "fbclid", "bd_vid", "hmsr"} <= names
    assert all(name == name.lower() for name in names)
    assert not names & {"email", "mail", "name", "phone", "q"}


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=10))
def test_no_text_breaks_it(page: str, referrer: str, app: str) -> None:
    assert isinstance(source_of(page, referrer, app), Attribution)
    found = source_of(f"https://tea.example/{page}", f"https://{referrer}/", app)
    assert all(part is None or (part and "\0" not in part and len(part) <= 253) for part in known(found))


@given(st.from_regex(r"[a-z0-9茶]{1,20}", fullmatch=True), st.from_regex(r"[a-z]{3,10}", fullmatch=True))
def test_what_a_link_says_comes_out_again(source: str, medium: str) -> None:
    found = source_of(f"{SHOP}?{urlencode({'utm_source': source, 'utm_medium': medium})}", "https://www.google.com/")
    if source not in ("none", "null", "undefined", "unknown") and medium not in (
        "none",
        "null",
        "undefined",
        "unknown",
    ):
        assert (found.source, found.medium) == (source, medium)
