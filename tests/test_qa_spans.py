"""The quoted words are a slice of the clause and hold the answer, not another number of the same sentence."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qa_fakes import clause, pairs

from corpus.models import Clause
from qa.amounts import find_amounts
from qa.catalogue import make_catalogue
from qa.pieces import body_span, duty_tail, segments, sentences
from qa.question import understand
from qa.spans import extract

CATALOGUE = make_catalogue([])


def shared(question: str, pieces: list[str]) -> list[float]:
    """Sentence scores for a test: the number of shared character pairs."""
    return [float(len(pairs(question) & pairs(piece))) for piece in pieces]


def quoted(question: str, held: Clause) -> str:
    """The words that `extract` quotes."""
    found = extract(understand(question, CATALOGUE), held, sentence_scores=lambda q, p: shared(q, list(p)))
    return held.text[found.start : found.end]


LOANS = clause(
    "x/1",
    "拓展质押融资。对银行发放的专利质押贷款本金损失，补偿比例最高50%，单户不超过500万元。对按期还款的中小企业，按实际支付利息的30%予以贴补，"
    "同一企业年度最高50万元。单笔1000万元以下的可免除评估。力争2026年全省登记金额突破300亿元。（牵头单位：省知识产权局，配合单位：省财政厅、省金融办）",
    path=("二、主要任务", "拓展质押融资。"),
    duties=[("牵头单位", "省知识产权局"), ("配合单位", "省财政厅"), ("配合单位", "省金融办")],
)
LAW = clause(
    "x/2",
    "第十九条 劳动合同期限三个月以上不满一年的，试用期不得超过一个月；"
    "劳动合同期限一年以上不满三年的，试用期不得超过二个月；"
    "三年以上固定期限和无固定期限的劳动合同，试用期不得超过六个月。\n同一用人单位与同一劳动者只能约定一次试用期。",
    path=("第二章", "第十九条"),
)


@pytest.mark.parametrize(
    ("question", "held", "answer"),
    [
        ("专利质押贷款的损失补偿比例最高多少", LOANS, "补偿比例最高50%"),
        ("单笔多少钱以下不用评估", LOANS, "单笔1000万元以下"),
        ("全省登记金额要突破多少亿元", LOANS, "300亿元"),
        ("哪年登记金额要突破300亿", LOANS, "2026年"),
        ("质押融资由谁牵头", LOANS, "省知识产权局"),
        ("质押融资哪些部门配合", LOANS, "省财政厅、省金融办"),
        ("三年以上的劳动合同试用期最长多久", LAW, "六个月"),
        ("同一单位可以约定几次试用期", LAW, "一次试用期"),
    ],
)
def test_the_span_holds_the_answer(question: str, held: Clause, answer: str) -> None:
    """Hand-checked, with several numbers in each clause; the span stays short."""
    span = quoted(question, held)
    assert answer in span
    assert len(span) <= 70


def test_an_amount_asked_for_and_not_stated_is_known() -> None:
    """A clause without a number does not fit a question for one."""
    held = clause("x/3", "对作出突出贡献的企业给予一定的资金补贴。")
    found = extract(understand("补贴多少钱", CATALOGUE), held, sentence_scores=lambda q, p: [0.0] * len(p))
    assert not found.fits


def test_the_departments_are_exactly_the_list() -> None:
    """Neither label nor bracket is quoted."""
    assert quoted("谁负责质押融资", LOANS) == "省知识产权局"
    assert quoted("质押融资牵头和配合单位都有哪些", LOANS) == "省知识产权局，配合单位：省财政厅、省金融办"


def test_the_body_leaves_out_title_and_departments() -> None:
    """What is quoted for other questions comes from between them."""
    start, end = body_span(LOANS)
    assert LOANS.text[start:end].startswith("对银行发放")
    assert LOANS.text[start:end].endswith("300亿元。")
    tail = duty_tail(LOANS)
    assert tail
    assert LOANS.text[slice(*tail)].startswith("（牵头单位")
    start, end = body_span(LAW)
    assert LAW.text[start:end].startswith("劳动合同期限")


def test_amounts() -> None:
    """Kinds and units of the quantities of a sentence, years apart from durations."""
    text = "到2020年收入430亿元，增长超过20%，新药1-3个，罚二倍，三十日内，百分之五"
    assert [(text[a.start : a.end], a.kind) for a in find_amounts(text)] == [
        ("2020年", "date"),
        ("430亿元", "money"),
        ("20%", "percent"),
        ("1-3个", "count"),
        ("二倍", "count"),
        ("三十日", "time"),
        ("百分之五", "percent"),
    ]


QUESTIONS = ["要多少钱", "谁负责", "什么时候", "在哪里", "行不行", "有哪些", "怎么办", "药品"]


@given(
    text=st.text(alphabet="药品价格，。；、（）(),\n 0123年元%一二三：“”", min_size=1, max_size=80),
    at=st.sampled_from(QUESTIONS),
)
def test_every_span_is_a_slice(text: str, at: str) -> None:
    """Whatever the clause looks like, the span is not empty and lies within it."""
    held = clause("x/9", text)
    found = extract(understand(at, CATALOGUE), held, sentence_scores=lambda q, p: [1.0] * len(p))
    assert 0 <= found.start < found.end <= len(text)


@given(st.text(alphabet="药，。；（）\n ab", max_size=60))
def test_pieces_lie_in_order(text: str) -> None:
    """Sentences and segments do not overlap and keep their order."""
    for spans in (sentences(text, 0, len(text)), segments(text, 0, len(text))):
        assert all(a < b for a, b in spans)
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("第三条第二款", "有下列情形"),
        ("第三条第二款第（二）项", "（二）丙"),
        ("第三条第三款说什么", "丁。"),
    ],
)
def test_paragraph_and_item_of_an_article(question: str, start: str) -> None:
    """款 are lines without those of 项."""
    law = clause("x/3", "第三条 甲。\n有下列情形之一的：\n（一）乙；\n（二）丙。\n丁。", path=("第三条",))
    assert quoted(question, law).startswith(start)
