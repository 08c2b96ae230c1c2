"""Channel groups: one case per rule of the documented list, and the laws that hold for every input."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.shop.channels import channel_group, channel_groups, group_words, is_direct
from zhanggui.shop.channels.hosts import platform_of
from zhanggui.shop.channels.rules import rules

# The names and the order of the documented list of Google Analytics 4, with the AI assistants it added in 2026.
NAMES = [
    "Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display", "Paid Other",
    "Organic Shopping", "Organic Social", "Organic Video", "Organic Search", "AI Assistant", "Referral", "Email",
    "Affiliates", "Audio", "SMS", "Mobile Push Notifications", "Unassigned",
]  # fmt: skip

CASES = [
    ("(direct)", "(none)", "", "Direct"),
    ("(direct)", "(not set)", "", "Direct"),
    ("direct", "none", None, "Direct"),
    ("Direct", "", "", "Direct"),
    ("(direct)", "email", "", "Email"),
    ("google", "cpc", "2024 Cross-Network PMax", "Cross-network"),
    ("amazon", "cpc", "", "Paid Shopping"),
    ("taobao", "cpc", "", "Paid Shopping"),
    ("JD.com", "paid_feed", "", "Paid Shopping"),
    ("google", "cpc", "Spring shopping", "Paid Shopping"),
    ("google", "ppc", "shop-tea", "Paid Shopping"),
    ("google", "cpc", "eshop-tea", "Paid Shopping"),
    ("google", "cpc", "workshop", "Paid Search"),
    ("google", "cpc", "brand", "Paid Search"),
    ("baidu", "CPC", "", "Paid Search"),
    ("sogou", "ocpc", "", "Paid Search"),
    ("360", "paidsearch", "", "Paid Search"),
    ("神马", "cpc", "", "Paid Search"),
    ("cn.bing.com", "cpm", "", "Paid Search"),
    ("google", "retargeting", "", "Paid Search"),
    ("facebook", "paid", "", "Paid Social"),
    ("ig", "cpc", "", "Paid Social"),
    ("wechat", "cpc", "", "Paid Social"),
    ("小红书", "cpc", "", "Paid Social"),
    ("douyin", "cpc", "", "Paid Social"),
    ("tiktok", "paid_social", "", "Paid Social"),
    ("youtube.com", "cpv-cpc", "", "Paid Video"),
    ("bilibili", "cpm", "", "Paid Video"),
    ("some-network", "display", "", "Display"),
    ("some-network", "banner", "", "Display"),
    ("some-network", "interstitial", "", "Display"),
    ("some-network", "expandable", "", "Display"),
    ("some-network", "cpm", "", "Display"),
    ("some-network", "cpc", "", "Paid Other"),
    ("some-network", "paid", "", "Paid Other"),
    ("tmall.com", "referral", "", "Organic Shopping"),
    ("拼多多", "", "", "Organic Shopping"),
    ("newsletter", "link", "spring_shop", "Organic Shopping"),
    ("m.weibo.cn", "referral", "", "Organic Social"),
    ("mp.weixin.qq.com", "referral", "", "Organic Social"),
    ("xiaohongshu", "kol", "", "Organic Social"),
    ("知乎", "", "", "Organic Social"),
    ("kuaishou", "live", "", "Organic Social"),
    ("blog", "social-media", "", "Organic Social"),
    ("blog", "sm", "", "Organic Social"),
    ("b23.tv", "referral", "", "Organic Video"),
    ("m.youtube.com", "referral", "", "Organic Video"),
    ("partner", "video-post", "", "Organic Video"),
    ("google", "organic", "(organic)", "Organic Search"),
    ("baidu", "", "", "Organic Search"),
    ("m.sm.cn", "referral", "", "Organic Search"),
    ("unheard-of", "organic", "", "Organic Search"),
    ("chatgpt.com", "referral", "", "AI Assistant"),
    ("chatgpt.com", "", "", "AI Assistant"),
    ("豆包", "", "", "AI Assistant"),
    ("gemini.google.com", "referral", "", "AI Assistant"),
    ("yiyan.baidu.com", "referral", "", "AI Assistant"),
    ("whatever", "ai-assistant", "(ai-assistant)", "AI Assistant"),
    ("chatgpt.com", "cpc", "", "Paid Other"),
    ("blog.example", "referral", "", "Referral"),
    ("some.app", "app", "", "Referral"),
    ("docs.google.com", "referral", "", "Referral"),
    ("newsletter", "email", "", "Email"),
    ("newsletter", "E-Mail", "", "Email"),
    ("e_mail", "spring", "", "Email"),
    ("gmail", "email", "", "Email"),
    ("partner", "affiliate", "", "Affiliates"),
    ("podcast", "audio", "", "Audio"),
    ("sms", "text", "", "SMS"),
    ("provider", "sms", "", "SMS"),
    ("jpush", "app-push", "", "Mobile Push Notifications"),
    ("x-app", "mobile_banner_a", "", "Mobile Push Notifications"),
    ("app", "in-app-notification", "", "Mobile Push Notifications"),
    ("firebase", "", "", "Mobile Push Notifications"),
    ("poster", "offline", "", "Unassigned"),
    (None, None, None, "Unassigned"),
    ("", "", "", "Unassigned"),
    ("(not set)", "(not set)", "(not set)", "Unassigned"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "medium", "campaign", "expected"), CASES)
def test_a_source_and_medium_fall_into_the_group_of_the_documented_rule(
    source: str | None, medium: str | None, campaign: str | None, expected: str
) -> None:
    assert channel_group(source, medium, campaign) == expected


def test_the_groups_are_the_documented_ones_in_their_order_with_words_in_both_languages() -> None:
    assert list(group_words()) == NAMES
    assert all(re.search(r"[一-鿿]", words.zh) for words in group_words().values())
    assert len({words.zh for words in group_words().values()}) == len(NAMES)


def test_every_group_but_the_last_has_a_case_here() -> None:
    assert {expected for *_, expected in CASES} == set(NAMES)


def test_many_combinations_get_the_groups_of_one_each_in_order() -> None:
    asked = [(source, medium, campaign) for source, medium, campaign, _ in CASES] * 3
    assert channel_groups(asked) == [expected for *_, expected in CASES] * 3
    assert channel_groups([]) == []


@pytest.mark.parametrize(
    ("host", "name", "category"),
    [
        ("google.com.hk", "google", "search"), ("www.google.de", "google", "search"),
        ("google.co.jp", "google", "search"),
        ("mail.google.com", "gmail", "webmail"), ("shopping.google.fr", "google-shopping", "shopping"),
        ("tieba.baidu.com", "tieba", "social"), ("m.baidu.com", "baidu", "search"),
        ("amazon.co.uk", "amazon", "shopping"),
        ("detail.tmall.com", "tmall", "shopping"), ("so.toutiao.com", "toutiao-search", "search"),
        ("mobile.yangkeduo.com", "pinduoduo", "shopping"), ("v.qq.com", "tencent-video", "video"),
        ("user.qzone.qq.com", "qq", "social"), ("mail.qq.com", "qq-mail", "webmail"), ("t.co", "twitter", "social"),
    ],
)  # fmt: skip
def test_a_host_belongs_to_the_platform_with_the_longest_fitting_name(host: str, name: str, category: str) -> None:
    found = platform_of(host)
    assert found is not None
    assert (found.name, found.category) == (name, category)


@pytest.mark.parametrize(
    "host",
    [
        "notgoogle.com",
        "google",
        "google.evil-domain",
        "google.com.attacker.example",
        "mybaidu.com",
        "x.com.example",
        "qq.com",
    ],
)
def test_a_host_that_only_looks_like_a_platform_is_none(host: str) -> None:
    found = platform_of(host)
    assert found is None or host == "google"


def test_no_host_and_no_name_belongs_to_two_platforms() -> None:
    known = rules().platforms
    assert len(known) > 300
    for name, platform in known.items():
        assert name == name.lower() == name.strip()
        # The other names of a platform lead to it, not to one that was read later.
        assert known.get(platform.name, platform) == platform, f"{platform.name} is in two categories"


texts = st.none() | st.text(max_size=40) | st.sampled_from([s for s, *_ in CASES if s])


@given(texts, texts, texts)
def test_every_input_has_exactly_one_known_group_and_case_and_spaces_do_not_matter(
    source: str | None, medium: str | None, campaign: str | None
) -> None:
    found = channel_group(source, medium, campaign)
    assert found in NAMES
    plain = [None if text is None else f"  {text.lower()} " for text in (source, medium, campaign)]
    assert channel_group(*plain) == found
    assert (found == "Direct") == is_direct(source, medium)


paid = st.sampled_from(["cpc", "ppc", "paid", "paid-social", "retargeting", "ocpm", "cpm"])


@given(st.sampled_from(sorted(rules().platforms)), paid)
def test_a_paid_click_is_never_counted_as_unpaid(source: str, medium: str) -> None:
    assert channel_group(source, medium) in {
        "Paid Shopping", "Paid Search", "Paid Social", "Paid Video", "Display", "Paid Other",
    }  # fmt: skip


def test_a_huge_source_is_answered_at_once() -> None:
    assert channel_group("a." * 50_000, "referral") == "Referral"
    assert channel_group("🍵 茶", "referral", "c" * 100_000) == "Referral"


@pytest.mark.parametrize("page", ["sources-and-sessions.md", "sources-and-sessions.zh.md"])
def test_the_page_of_the_handbook_lists_the_groups_in_their_order(page: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / "explanation" / page).read_text(encoding="utf-8")
    told = re.findall(r"^\| ([A-Z][\w -]+) \| (.*?) \|", text, flags=re.MULTILINE)
    assert [name for name, _ in told if name in NAMES] == NAMES
    if page.endswith(".zh.md"):
        assert {name: zh for name, zh in told if name in NAMES} == {n: words.zh for n, words in group_words().items()}


def test_the_page_of_the_handbook_names_every_click_parameter() -> None:
    text = (Path(__file__).parents[3] / "docs" / "explanation" / "sources-and-sessions.md").read_text(encoding="utf-8")
    told = {word.lower() for word in re.findall(r"`(\w+)`", text)}
    assert {click.parameter for click in rules().clicks} <= told
