"""Names of departments: one display name for each, and the level of government a name carries.

A plan prints 自治区科技厅、发展改革委 and means 自治区发展改革委; another writes 发改委 for the same body.  The display
name is the official short form; a name that is not listed here is its own display name.
"""

import re

# Display name -> other names of the same body at the same time; later reforms (卫生计生委 -> 卫生健康委) stay apart.
_ALIASES = {
    "发展改革委": "发改委 发展改革委员会 发展和改革委员会 发展和改革委",
    "发展改革局": "发改局 发展和改革局",
    "经信委": "经济和信息化委 经济和信息化委员会 经济信息化委 经济信息化委员会 经信委员会",
    "经信厅": "经济和信息化厅",
    "经信局": "经济和信息化局",
    "工业和信息化委": "工信委 工业和信息化委员会",
    "工业和信息化厅": "工信厅",
    "工业和信息化局": "工信局",
    "工业和信息化部": "工信部",
    "科技厅": "科学技术厅",
    "科技局": "科学技术局",
    "科委": "科技委 科学技术委员会",
    "卫生计生委": "卫计委 卫生和计划生育委员会 卫生计生委员会 卫生和计划生育委",
    "卫生健康委": "卫健委 卫生健康委员会",
    "食品药品监管局": "食药监局 食品药品监督管理局 食品药品监督局 食药局",
    "食品药品监管总局": "食药监总局 食品药品监督管理总局",
    "药监局": "药品监管局 药品监督管理局",
    "人力资源社会保障厅": "人社厅 人力资源和社会保障厅 人力社保厅",
    "人力资源社会保障局": "人社局 人力资源和社会保障局 人力社保局",
    "人力资源社会保障部": "人社部 人力资源和社会保障部",
    "医保局": "医疗保障局",
    "环境保护厅": "环保厅",
    "环境保护局": "环保局",
    "环境保护部": "环保部",
    "住房城乡建设厅": "住建厅 住房和城乡建设厅",
    "住房城乡建设局": "住建局 住房和城乡建设局",
    "住房城乡建设委": "住建委 住房和城乡建设委员会 住房城乡建设委员会",
    "住房城乡建设部": "住建部 住房和城乡建设部",
    "国土资源厅": "国土厅",
    "国土资源局": "国土局",
    "质监局": "质量技术监督局 质量技监局",
    "工商局": "工商行政管理局",
    "工商总局": "工商行政管理总局",
    "市场监管局": "市场监督管理局",
    "市场监管总局": "市场监督管理总局",
    "安全监管局": "安监局 安全生产监管局 安全生产监督管理局",
    "应急管理厅": "应急厅",
    "应急管理局": "应急局",
    "文化和旅游厅": "文旅厅 文化旅游厅",
    "文化和旅游局": "文旅局 文化旅游局",
    "旅游发展委": "旅发委 旅游发展委员会",
    "商务委": "商委 商务委员会",
    "农业委": "农业委员会",
    "农业农村委": "农业农村委员会",
    "教委": "教育委员会",
    "国资委": "国有资产监督管理委员会 国有资产监管委",
    "民委": "民族事务委员会",
    "金融办": "金融工作办公室 金融办公室",
    "法制办": "法制办公室",
    "扶贫办": "扶贫开发办公室",
    "残联": "残疾人联合会",
    "妇联": "妇女联合会",
    "工商联": "工商业联合会",
}
DISPLAY = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}

# 市 opens 市场监管局 and 市政局 without being a level; 省级, 市直 name a level and no department of it.
LEVEL = re.compile(
    r"(?:自治区|自治州|自治县|兵团|国家|省|市(?!场|政(?!府)|容|域)|州|县(?!域)|区(?!域|块)|盟|旗)(?=[^级直内外].)"
)
PARTY = re.compile(r"(?:自治区党委|自治州党委|[省市县区州]委)(?=[一-鿿]{2})")
PARTY_OFFICES = frozenset(("组织部", "宣传部", "统战部", "政法委", "编办", "网信办", "农办", "政研室", "改革办"))
# Offices of the level named before them in a list; a ministry (…部) or a government never takes a level over.
INHERITS = re.compile(r"(?:厅|局|委|办|委员会|办公室|残联|妇联|工商联|科协|总工会|红十字会|总队|社)$")
# Bodies that answer to the centre or carry a place of their own.
STANDS_ALONE = re.compile(
    r"^(?:各|有关|相关|其他|所有|中国|中央|全国|国务院|人民银行|中国人民银行|银行|海关|团[省市]委|共青团|国网|民航)|"
    r"海关$|人民政府$|支行$|分行$|公司$|"
    r"^[一-鿿]{2,3}[市县](?!场)|^[一-鿿]{1,6}(?:自治区|自治州|新区|开发区|高新区)"
)
OWN_PLACE = re.compile(
    "^(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃"
    "|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
)


def level_of(name: str) -> str:
    """The level a printed name begins with, "" where it has none.

    >>> level_of("自治区科技厅"), level_of("市场监管局"), level_of("市市场监管局")
    ('自治区', '', '市')
    """
    found = LEVEL.match(name)
    return found[0] if found else ""


def display_name(name: str) -> str:
    """The display name of a printed one, its level kept.

    >>> display_name("省发改委"), display_name("山西省卫计委"), display_name("南宁海关")
    ('省发展改革委', '山西省卫生计生委', '南宁海关')
    """
    if name in DISPLAY:
        return DISPLAY[name]
    for cut in range(1, len(name) - 1):
        head, core = name[:cut], name[cut:]
        if core in DISPLAY and (head == "国家" or OWN_PLACE.match(head) or head[-1] in "省市县区州盟旗团"):
            return head + DISPLAY[core]
    return name


def takes_level(name: str, level: str) -> bool:
    """True where a name without a level is an office of the level named before it in the list."""
    if not INHERITS.search(name) or STANDS_ALONE.search(name) or OWN_PLACE.match(name):
        return False
    return level != "国家" or not name.endswith("厅")
