"""What becomes of personal data: names, phones, e-mails and addresses are never stored.

A customer is known by the platform's own id or nickname, else by a hash of the e-mail address;
of an address only country, region and city are kept.
"""

from __future__ import annotations

import hashlib
import re

_STREET = re.compile(r"[0-9０-９路街巷弄号楼室栋幢村镇乡]|小区|公寓|大厦|花园|学校|大学")
_MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
_PROVINCE = re.compile(r"^(.{2,8}?(?:省|自治区|特别行政区))")
_CITY = re.compile(r"^(.{1,9}?(?:市|自治州|地区|盟))")


def email_hash(email: str) -> str:
    """SHA-256 (hex) of the address in lower case without outer spaces; '' when it is none.

    The same everywhere, so the same person is found again across sources (the tables use it too).
    """
    plain = email.strip().lower()
    if "@" not in plain:
        return ""
    return hashlib.sha256(plain.encode()).hexdigest()


def region_and_city(address: str) -> tuple[str, str]:
    """Province and city of a Chinese address; '' for what is not sure, never a street.

    >>> region_and_city("浙江省 杭州市 西湖区 文三路 100 号"), region_and_city("上海")
    (('浙江省', '杭州市'), ('上海', ''))
    >>> region_and_city("上海市浦东新区张江路 1 号"), region_and_city("广东省深圳市南山区")
    (('上海市', '上海市'), ('广东省', '深圳市'))
    """
    parts = address.split()
    first = parts[0] if parts else ""
    for municipality in _MUNICIPALITIES:
        if first.startswith(municipality):
            region = municipality + "市" if first.startswith(municipality + "市") else municipality
            return region, region if len(first) > len(region) or len(parts) > 1 else ""
    province = _PROVINCE.match(first)
    if province:
        rest = first[province.end() :] or (parts[1] if len(parts) > 1 else "")
        city = _CITY.match(rest)
        return province[1], city[1] if city and not _STREET.search(city[1]) else ""
    if len(first) <= 8 and not _STREET.search(first):
        city = _CITY.match(parts[1]) if len(parts) > 1 else None
        return first, city[1] if city and not _STREET.search(city[1]) else ""
    return "", ""
