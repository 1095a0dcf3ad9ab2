"""A question is understood: region, document, year, kind, whether it compares."""

import pytest
from qa_fakes import FakeLibrary, clause, document

from qa.catalogue import catalogue_of, short_forms
from qa.kinds import kind_of
from qa.question import understand, years_in

LIBRARY = FakeLibrary(
    [
        document("shanxi", "山西省促进养蜂业发展实施方案", "山西", [clause("shanxi/1", "养蜂。")]),
        document("guangxi", "广西壮族自治区促进养蜂业发展实施方案", "广西", [clause("guangxi/1", "养蜂。")]),
        document("company", "中华人民共和国公司法（2018年修正）", None, [clause("company/1", "公司。")]),
    ]
)
CATALOGUE = catalogue_of(LIBRARY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("主营业务收入要达到多少", "how_much"),
        ("最少要备几种药", "how_much"),
        ("试用期最长多久", "how_much"),
        ("从哪年起设点来测", "when"),
        ("什么时候能建成", "when"),
        ("药品采购由谁牵头", "who"),
        ("哪些部门配合", "who"),
        ("物流中心建在哪里", "where"),
        ("检查结果互认吗", "whether"),
        ("可不可以不交押金", "whether"),
        ("老板欠钱违法不", "whether"),
        ("怎么支持小企业", "measures"),
        ("有什么政策支持", "measures"),
        ("发展哪些药材", "which"),
        ("包括什么", "which"),
        ("换机器人", "other"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    """The form of the question decides."""
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2020年底", ("2020",)),
        ("2016—2018年", ("2016", "2017", "2018")),
        ("十四五期间", ("2021", "2022", "2023", "2024", "2025")),
        ("20年底要达到多少", ("2020",)),
        ("国办发〔2016〕11号", ()),
        ("2000元补贴", ()),
        ("2020目标", ("2020",)),
    ],
)
def test_years(text: str, years: tuple[str, ...]) -> None:
    """Years, ranges and five-year plans; never the year of a document number or an amount."""
    assert years_in(text) == years


def test_short_forms_of_a_title() -> None:
    """A law is called by its short name, a plan by region and name."""
    assert "公司法" in short_forms("中华人民共和国公司法（2018年修正）", None)
    assert "山西促进养蜂业发展实施方案" in short_forms("山西省促进养蜂业发展实施方案", "山西")
    assert "养蜂条例" in short_forms("某市人民政府关于印发养蜂条例的通知", None)


@pytest.mark.parametrize(
    ("text", "document_id", "regions"),
    [
        ("公司法第十六条", "company", ()),
        ("《公司法》怎么说", "company", ()),
        ("有限公司法定代表人是谁", None, ()),
        ("促进养蜂业发展实施方案讲什么", None, ()),  # two have this title
        ("广西促进养蜂业发展实施方案讲什么", "guangxi", ("广西",)),
        ("廣西的蜂農", None, ("广西",)),
        ("我省的蜂农", None, ("山西",)),
    ],
)
def test_document_and_region(text: str, document_id: str | None, regions: tuple[str, ...]) -> None:
    """A title names a document only where it names one; traditional characters are read."""
    question = understand(text, CATALOGUE)
    assert (question.document, question.regions) == (document_id, regions)


def test_towns_of_titles_speak_of_their_region() -> None:
    """A town that no table knows is known from the title that begins with it; a kind of town is none."""
    catalogue = catalogue_of(
        FakeLibrary(
            [
                document("a", "江苏省泓州市养蜂办法", "江苏", [clause("a/1", "养蜂。")]),
                document("b", "贵州省青泷县养蜂方案", "贵州", [clause("b/1", "养蜂。")]),
                document("c", "广东省特大城市养蜂规定", "广东", [clause("c/1", "养蜂。")]),
            ]
        )
    )
    assert understand("泓州和青泷养蜂有什么不同", catalogue).regions == ("江苏", "贵州")
    assert understand("特大城市能养蜂吗", catalogue).regions == ()


@pytest.mark.parametrize(
    ("text", "compares"),
    [
        ("山西和广西的目标", True),
        ("晋桂两省区有何不同", True),
        ("广西比山西多吗", True),
        ("山西的目标", False),
        ("两省在养蜂上有什么区别", True),
        ("养蜂人两地跑能报销吗", False),
    ],
)
def test_comparison(text: str, compares: bool) -> None:
    """Two regions joined, or a word of comparison."""
    assert understand(text, CATALOGUE).compares is compares


def test_a_title_that_is_not_held() -> None:
    """《…》 that no document has is remembered."""
    assert understand("《药品管理法》怎么说", CATALOGUE).unheld_title == "《药品管理法》"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("消保法第二十五条", True),
        ("依照消保法怎么赔", True),
        ("消费者法第二十五条", False),  # may be another law
        ("这个办法好吗", False),
        ("算不算违法", False),
    ],
)
def test_abbreviated_laws(text: str, names: bool) -> None:
    """Some characters of the title of one law, in their order."""
    law = "中华人民共和国消费者权益保护法"
    library = FakeLibrary([document("law", law, "全国", [clause("law/1", "第一条 为了。", path=("第一条",))])])
    assert (understand(text, catalogue_of(library)).document == "law") is names
