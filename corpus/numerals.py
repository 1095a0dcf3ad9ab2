"""Numbers as official documents print them: 三十九, 二〇一六, １２, ⑫, ㈡, ⑴, ⒈.

Only whole numbers below ten thousand 亿; `to_chinese` is the inverse of `parse_number` for what it writes.
"""

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
SHORT_TENS = {"廿": "二十", "卅": "三十"}
BIG = {"万": 10_000, "亿": 100_000_000}
CHINESE = "".join([*DIGITS, *TENS, *SHORT_TENS])
"""Every character a Chinese number of an outline may hold (for use in a character class)."""

_ENCLOSED = (
    (0x2460, 1, 20),
    (0x3251, 21, 15),
    (0x32B1, 36, 15),
    (0x2474, 1, 20),
    (0x2488, 1, 20),
    (0x3220, 1, 10),
    (0x2776, 1, 10),
    (0x24F5, 1, 10),
)
ENCLOSED = {chr(first + i): value + i for first, value, n in _ENCLOSED for i in range(n)}
"""One character that is a number with its ring, brackets or dot: ① ⑴ ⒈ ㈠ ❶ -> value."""


def parse_number(text: str) -> int | None:
    """The value of a printed whole number, or None where it is not one.

    >>> parse_number("三十九"), parse_number("二〇一六"), parse_number("１２"), parse_number("一百零五")
    (39, 2016, 12, 105)
    """
    if text in ENCLOSED:
        return ENCLOSED[text]
    if not text or len(text) > 20:
        return None
    if text.isdecimal():
        return int(text)
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    for short, full in SHORT_TENS.items():
        text = text.replace(short, full)
    return _by_place(text)


def _by_place(text: str) -> int | None:
    total = section = digit = 0
    pending = False  # a digit waits for its place
    last_place = BIG["亿"] * 10
    for char in text:
        if char in DIGITS:
            if pending and digit:
                return None
            digit, pending = DIGITS[char], True
        elif char in TENS:
            if TENS[char] >= last_place:
                return None
            last_place = TENS[char]
            section += (digit if pending else 1) * TENS[char]
            digit, pending = 0, False
        elif char in BIG:
            if not section and not pending:
                return None
            total = (total + section + digit) * BIG[char] if char == "亿" else total + (section + digit) * BIG[char]
            section = digit = 0
            pending, last_place = False, BIG["亿"] * 10
        else:
            return None
    return total + section + digit


def to_chinese(value: int) -> str:
    """A whole number from 0 to 99,999,999 as laws print it: 10 -> 十, 39 -> 三十九, 105 -> 一百零五.

    >>> to_chinese(1260)
    '一千二百六十'
    """
    if not 0 <= value < BIG["亿"]:
        raise ValueError(f"{value} is not between 0 and 99,999,999")
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return to_chinese(high) + "万" + gap + (_below_ten_thousand(low) if low else "")
    text = _below_ten_thousand(value)
    return text[1:] if 10 <= value < 20 else text


def _below_ten_thousand(value: int) -> str:
    if value == 0:
        return "零"
    text, zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            text += ("零" if zero else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        elif text:
            zero = True
    return text
