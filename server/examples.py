"""Questions offered on the first page, each with the shipped documents it needs; a test asks every one of
them.
"""

from __future__ import annotations

EXAMPLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("山西2020年医药主营业务收入要达到多少", ("shanxi-2016",)),
    ("换一家医院看病，检查还要重做吗", ("shanxi-2016", "guangxi-2016")),
    ("广西2020年要有几家产值超10亿元的企业", ("guangxi-2016",)),
    ("药企建院士工作站有补助吗", ("shanxi-2016",)),
    ("广西由哪个部门牵头完善药品价格和医保政策", ("guangxi-2016",)),
    ("山西和广西怎么支持医药企业上市融资", ("shanxi-2016", "guangxi-2016")),
)
