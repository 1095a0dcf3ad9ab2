"""Two documents on a topic: aligned clauses, differing numbers and departments, what only one has."""

import pytest
from qa_fakes import FakeIndex, FakeLibrary, clause, document

from corpus.errors import NotFound
from index.passages import Hit
from qa.answer import answer_question
from qa.catalogue import catalogue_of
from qa.compare import alike, compare, topic_of
from qa.question import understand

LIBRARY = FakeLibrary(
    [
        document(
            "north",
            "山西省养蜂方案",
            "山西",
            [
                clause(
                    "north/1",
                    "发展蜂蜜物流。以太原为中心建设蜂蜜物流配送体系，建成中心3个。（责任部门：省商务厅）",
                    path=("二、任务", "发展蜂蜜物流。"),
                    duties=[("责任部门", "省商务厅")],
                ),
                clause("north/2", "选育蜂种。保护中华蜜蜂。", path=("二、任务", "选育蜂种。")),
            ],
        ),
        document(
            "south",
            "广西壮族自治区养蜂方案",
            "广西",
            [
                clause("south/1", "防治蜂病。检疫蜂群。", path=("二、任务", "防治蜂病。")),
                clause(
                    "south/2",
                    "发展蜂蜜物流。建设蜂蜜物流园区和配送中心5个。（牵头单位：自治区商务厅，配合单位：自治区农业厅）",
                    path=("二、任务", "发展蜂蜜物流。"),
                    duties=[("牵头单位", "自治区商务厅"), ("配合单位", "自治区农业厅")],
                ),
                clause("south/3", "蜂蜜物流人才培训。办蜂蜜物流班。", path=("三、保障", "蜂蜜物流人才培训。")),
            ],
        ),
    ]
)
INDEX = FakeIndex(LIBRARY)


def test_clauses_are_aligned() -> None:
    """The most alike clauses share a row; one without a partner stands alone."""
    rows = compare("蜂蜜物流", "north", "south", LIBRARY, INDEX).rows
    ids = [(row.left.clause_id if row.left else None, row.right.clause_id if row.right else None) for row in rows]
    assert ids == [("north/1", "south/2"), (None, "south/3")]


def test_differences_are_named() -> None:
    """Numbers and departments that only one side has; marked in the text."""
    row = compare("蜂蜜物流", "north", "south", LIBRARY, INDEX).rows[0]
    assert (row.numbers.only_left, row.numbers.only_right) == (("3个",), ("5个",))
    assert (row.departments.both, row.departments.only_right) == (("商务厅",), ("农业厅",))
    assert row.left
    assert [row.left.text[a:b] for a, b in row.left.highlights] == ["3个"]


def test_a_question_that_compares_brings_the_comparison() -> None:
    """Both are cited first, and the rows come along."""
    answer = answer_question("山西和广西蜂蜜物流", LIBRARY, INDEX)
    assert [each.clause_id for each in answer.citations[:2]] == ["north/1", "south/2"]
    assert answer.comparison
    assert (answer.comparison.left, answer.comparison.right) == ("north", "south")


def test_an_unknown_document() -> None:
    """Is an error a person can act on."""
    with pytest.raises(NotFound):
        compare("蜂蜜物流", "north", "west", LIBRARY, INDEX)


def test_likeness() -> None:
    """A clause is most like itself."""
    one, other = LIBRARY.clause("north/1"), LIBRARY.clause("north/2")
    assert alike(one, one) == 1.0
    assert alike(one, other) < 0.3


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("山西和广西在蜂蜜物流上有什么不同", "蜂蜜物流"),
        ("比较一下山西和广西的诚信体系", "诚信体系"),
        ("两省在医保支付上有什么区别", "医保支付"),
        ("山西和广西谁的主营业务收入目标更高", "主营业务收入目标"),
        # words that only look like asking are part of the topic
        ("山西与广西相比，智能工厂怎么建", "智能工厂"),
        ("山西和广西的医保支付改革分别怎么做", "医保支付改革"),
        ("广西方案和山西方案在药品采购上有什么不同", "药品采购"),
        ("山西和广西有什么不同", ""),
        ("山西和广西各类人才的更高质量培养有何区别", "各类人才的更高质量培养"),
        ("统一下达任务山西和广西有什么不同", "统一下达任务"),
        ("山西和广西线上问诊有何差异", "线上问诊"),
        ("山西和广西在对外合作方面有哪些不同", "对外合作"),
    ],
)
def test_the_topic_of_a_comparison(question: str, topic: str) -> None:
    """What is compared, without the regions and the words that ask for the difference."""
    assert topic_of(understand(question, catalogue_of(LIBRARY))) == topic


def test_a_comparison_of_everything_is_not_guessed() -> None:
    """Without a topic the reader is asked for one."""
    answer = answer_question("山西和广西的方案有什么不同", LIBRARY, INDEX)
    assert answer.status == "not_found"
    assert "请写明比较什么" in (answer.reason or "")
    assert answer.comparison is None


def test_what_only_shares_a_probability_is_left_out() -> None:
    """To a topic of two words other clauses may seem as likely; they must share its words, too."""

    class Sure(FakeIndex):
        def search(self, *arguments: object, **settings: object) -> list[Hit]:
            return [Hit(hit.passage_id, 0.99, hit.rank) for hit in super().search(*arguments, **settings)]  # type: ignore[arg-type]

    rows = compare("蜂蜜物流", "north", "south", LIBRARY, Sure(LIBRARY)).rows
    ids = {side.clause_id for row in rows for side in (row.left, row.right) if side}
    assert ids == {"north/1", "south/2", "south/3"}
