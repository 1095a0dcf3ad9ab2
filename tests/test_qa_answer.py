"""A question gets the clause that answers with exact offsets, or the reason why none does."""

import dataclasses

import pytest
from qa_fakes import FakeIndex, FakeLibrary, clause, document

from qa.answer import Answer, answer_question, search_clauses

SHANXI = document(
    "shanxi",
    "山西省促进养蜂业发展实施方案",
    "山西",
    [
        clause(
            "shanxi/1",
            "到2020年，全省养蜂业实现主营业务收入43亿元，年均增长率超过20%。",
            path=("一、主要目标",),
        ),
        clause(
            "shanxi/2",
            "建设蜂蜜物流中心。以太原为中心，建设蜂蜜物流配送体系。（责任部门：省商务厅、省农业厅）",
            path=("二、任务", "建设蜂蜜物流中心。"),
            duties=[("责任部门", "省商务厅"), ("责任部门", "省农业厅")],
        ),
        clause("shanxi/3", "对突出贡献的养蜂人才给予一定的资金补贴。", path=("三、保障",)),
        clause("shanxi/4", "对在北京、上海建立养蜂研发中心的企业予以支持。", path=("三、保障",)),
    ],
    date="2016-10-01",
)
GUANGXI = document(
    "guangxi",
    "广西壮族自治区促进养蜂业发展实施方案",
    "广西",
    [
        clause("guangxi/1", "到2020年，全区养蜂业主营业务收入年均增速高于12%。", path=("一、工作目标",)),
        clause(
            "guangxi/2",
            "1.建设蜂蜜物流园区。在南宁建设蜂蜜物流园区和配送中心。(牵头单位:自治区商务厅,配合单位:自治区农业厅)",
            path=("二、任务", "1.建设蜂蜜物流园区。"),
            duties=[("牵头单位", "自治区商务厅"), ("配合单位", "自治区农业厅")],
        ),
    ],
    date="2016-08-26",
)
LIBRARY = FakeLibrary([SHANXI, GUANGXI])
INDEX = FakeIndex(LIBRARY)


def ask(text: str, **settings: object) -> Answer:
    """The answer from the two small plans."""
    return answer_question(text, LIBRARY, INDEX, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "clause_id", "words"),
    [
        ("山西2020年养蜂业主营业务收入要达到多少", "shanxi/1", "实现主营业务收入43亿元"),
        ("广西养蜂业主营业务收入年均增速多少", "guangxi/1", "12%"),
        ("广西的蜂蜜物流园区由谁牵头", "guangxi/2", "自治区商务厅"),
        ("我省蜂蜜物流中心由谁负责建设", "shanxi/2", "省商务厅、省农业厅"),
        ("山西对在北京上海建立养蜂研发中心的企业支持吗", "shanxi/4", "予以支持"),
    ],
)
def test_the_clause_and_the_words(question: str, clause_id: str, words: str) -> None:
    """The best citation is the clause, the answer a slice of it."""
    answer = ask(question)
    assert answer.status == "answered"
    assert answer.answer
    assert answer.answer.clause_id == answer.citations[0].clause_id == clause_id
    assert words in answer.answer.text
    assert answer.citations[0].text[answer.answer.start : answer.answer.end] == answer.answer.text
    assert answer.citations[0].highlights == ((answer.answer.start, answer.answer.end),)


def test_citations_can_be_checked() -> None:
    """Each is a slice of its document, each clause once, ranks count from one, scores are probabilities."""
    answer = ask("蜂蜜物流中心和物流园区怎么建设", k=5)
    assert [each.rank for each in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert len({each.clause_id for each in answer.citations}) == len(answer.citations)
    for each in answer.citations:
        text = LIBRARY.document(each.document_id).text
        assert text[each.source.start : each.source.end] == each.text
        assert 0 <= each.score <= 1


def test_a_comparison_cites_both_first() -> None:
    """One clause of each region leads."""
    answer = ask("山西和广西养蜂业主营业务收入的目标有什么不同")
    assert {each.document_id for each in answer.citations[:2]} == {"shanxi", "guangxi"}


def test_the_named_region_comes_first() -> None:
    """The other region's clause may follow, never lead."""
    answer = ask("广西建设蜂蜜物流中心吗")
    assert answer.citations[0].document_id == "guangxi"


def test_another_province_mentioned_in_what_is_asked() -> None:
    """Who asks what a plan says of 北京 gets the clause that says it."""
    assert ask("在北京建立养蜂研发中心能得到支持吗").citations[0].clause_id == "shanxi/4"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("江苏养蜂业主营业务收入目标是多少", "库里没有江苏的文件"),
        ("北京买药怎么报销", "库里没有北京的文件"),  # a clause that mentions 北京 speaks of something else
        ("蜂蜜物流中心的电话是多少", "没有写明电话号码"),
        ("山西2025年养蜂业主营业务收入要达到多少", "没有2025年"),
        ("山西对养蜂人才补贴多少钱", "没有写明具体的数额"),
        ("明天天气怎么样", "没有谈到"),
        ("《蜂蜜管理条例》里养蜂业主营业务收入是多少", "库里没有《蜂蜜管理条例》"),
    ],
)
def test_refusals_say_why(question: str, words: str) -> None:
    """No answer, no citation, a reason, at most three nearest clauses with low scores."""
    answer = ask(question)
    assert answer.status == "not_found"
    assert answer.answer is None
    assert not answer.citations
    assert answer.reason
    assert words in answer.reason
    assert len(answer.nearest) <= 3
    assert all(each.score < 0.5 and not each.highlights for each in answer.nearest)


def test_filters_are_exact() -> None:
    """Only clauses of the document, region or department asked for."""
    assert {each.document_id for each in ask("养蜂业主营业务收入年均增速多少", region="广西").citations} == {"guangxi"}
    assert {each.document_id for each in ask("蜂蜜物流", document="shanxi").citations} == {"shanxi"}
    found = ask("蜂蜜物流建设", department="自治区商务厅").citations
    assert [each.clause_id for each in found] == ["guangxi/2"]


def test_places_are_answered_exactly() -> None:
    """A place is found without ranking; one that is not there is said not to be there."""
    assert [each.clause_id for each in ask("广西方案第1条讲什么").citations] == ["guangxi/2"]
    assert [each.clause_id for each in ask("山西方案第二部分讲什么").citations] == ["shanxi/2"]
    answer = ask("广西方案第99条讲什么")
    assert answer.reason
    assert "没有第99条" in answer.reason


@pytest.mark.parametrize(
    ("question", "words"),
    [("江苏方案第1条讲什么", "库里没有江苏的文件"), ("《蜂蜜管理条例》第1条讲什么", "库里没有《蜂蜜管理条例》")],
)
def test_a_place_in_a_document_that_is_not_held(question: str, words: str) -> None:
    """The same place in another document is no answer."""
    answer = ask(question)
    assert answer.status == "not_found"
    assert words in (answer.reason or "")


def test_same_question_same_answer() -> None:
    """Byte for byte but for the time taken."""
    one, two = ask("广西的蜂蜜物流园区由谁牵头"), ask("广西的蜂蜜物流园区由谁牵头")
    assert dataclasses.replace(one, took_ms=0) == dataclasses.replace(two, took_ms=0)


def test_search_lists_the_same_order() -> None:
    """A plain search has the region's clauses first, ranks from one."""
    hits = search_clauses("广西建设蜂蜜物流中心吗", LIBRARY, INDEX, k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert hits[0].passage_id.startswith("guangxi")


def test_a_date_asked_for_and_not_stated() -> None:
    """哪年 insists on a date."""
    answer = ask("山西建设蜂蜜物流中心哪年建成")
    assert answer.reason
    assert "没有写明时间" in answer.reason


def test_who_refers_to_a_title() -> None:
    """The clauses that name it, wherever they are."""
    law = clause("law/1", "依照《中华蜜蜂保护条例》执行。")
    library = FakeLibrary([SHANXI, document("law", "养蜂管理办法", None, [law])])
    answer = answer_question("《中华蜜蜂保护条例》被哪些条文引用", library, FakeIndex(library))
    assert [each.clause_id for each in answer.citations] == ["law/1"]


NATIONAL = document(
    "law", "中华人民共和国养蜂法", "全国", [clause("law/1", "第一条 养蜂人有权在公园放蜂。", path=("第一条",))]
)


def test_a_national_law_speaks_for_every_province() -> None:
    """A province without documents of its own is answered by the law, never by another province."""
    library = FakeLibrary([SHANXI, NATIONAL])
    answer = answer_question("江苏养蜂人有权在公园放蜂吗", library, FakeIndex(library))
    assert [each.clause_id for each in answer.citations] == ["law/1"]
    answer = answer_question("江苏全省养蜂业主营业务收入多少", library, FakeIndex(library))
    assert answer.status == "not_found"


def test_two_documents_named_are_compared() -> None:
    """The best clause of each in front, side by side."""
    other = document("rule", "养蜂条例", None, [clause("rule/1", "第一条 养蜂人不得在公园放蜂。", path=("第一条",))])
    library = FakeLibrary([SHANXI, NATIONAL, other])
    answer = answer_question("养蜂法和养蜂条例公园放蜂有什么不同", library, FakeIndex(library))
    assert {each.clause_id for each in answer.citations[:2]} == {"law/1", "rule/1"}
    assert answer.comparison
    assert (answer.comparison.left, answer.comparison.right) == ("law", "rule")


def test_scores_fall() -> None:
    """Best first, also where the named region goes before a likelier clause."""
    for question in ("广西建设蜂蜜物流中心吗", "山西和广西蜂蜜物流"):
        scores = [each.score for each in ask(question).citations]
        assert scores == sorted(scores, reverse=True)
