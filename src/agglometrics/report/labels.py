"""Labels for people, in English and Chinese, of the machine names in tables.

Data keep machine names (``lq``, ``430000``); a figure or a table asks here what to print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import require_columns, require_keys

Lang = Literal["en", "zh"]
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Label:
    """What to print for one machine name, in English and in Chinese."""

    en: str
    zh: str


@dataclass(frozen=True)
class Labels:
    """Labels by machine name.

    Attributes
    ----------
    names : label of each machine name; what is not there is printed as it stands

    Examples
    --------
    >>> provinces = pd.DataFrame({"region": [430000], "name_en": ["Hunan"], "name_zh": ["湖南"]})
    >>> labels = STANDARD.extended(provinces, "region")
    >>> labels.text(430000, "en"), labels.text("lq", "zh"), labels.text("other", "zh")
    ('Hunan', '区位熵', 'other')
    """

    names: Mapping[str, Label]

    def text(self, name: object, lang: Lang = "en") -> str:
        """Return what to print for `name` in the language `lang`."""
        require_language(lang)
        label = self.names.get(str(name))
        if label is None:
            return str(name)
        return label.en if lang == "en" else label.zh

    def extended(
        self, table: pd.DataFrame, key: str, *, en: str = "name_en", zh: str = "name_zh"
    ) -> Labels:
        """Return these labels and those of a dimension table: one row a machine name."""
        require_columns(table, [key, en, zh])
        require_keys(table, [key])
        rows = zip(table[key], table[en], table[zh], strict=True)
        added = {str(name): Label(str(english), str(chinese)) for name, english, chinese in rows}
        return Labels(MappingProxyType({**self.names, **added}))


def require_language(lang: str) -> None:
    """Raise `InputError` unless `lang` is a language that labels exist in."""
    if lang not in LANGUAGES:
        raise InputError(f"lang={lang!r} is not known; labels exist in {list(LANGUAGES)}.")


STANDARD = Labels(
    MappingProxyType(
        {
            "region": Label("Region", "地区"),
            "industry": Label("Industry", "行业"),
            "time": Label("Year", "年份"),
            "rank": Label("Rank", "位次"),
            "share": Label("Share (%)", "比重（%）"),
            "output": Label("Gross output", "总产出"),
            "value_added": Label("Value added", "增加值"),
            "employment": Label("Employment", "就业人数"),
            "wage": Label("Mean wage", "平均工资"),
            "growth": Label("Growth", "增长率"),
            "reference_growth": Label("National growth", "全国增长率"),
            "dynamic_index": Label("Dynamic agglomeration index", "动态集聚指数"),
            "lq": Label("Location quotient", "区位熵"),
            "hoover": Label("Hoover index", "胡佛指数"),
            "gini": Label("Locational Gini", "区位基尼系数"),
            "gini_lq": Label("Gini of location quotients", "区位熵基尼系数"),
            "gini_shares": Label("Gini of shares", "份额基尼系数"),
            "krugman": Label("Krugman index", "克鲁格曼指数"),
            "theil": Label("Theil index", "泰尔指数"),
            "between": Label("Between macro-regions", "区域间"),
            "within": Label("Within macro-regions", "区域内"),
            "herfindahl": Label("Herfindahl index", "赫芬达尔指数"),
            "shannon": Label("Shannon entropy", "香农熵"),
            "hachman": Label("Hachman index", "哈赫曼指数"),
            "cr1": Label("Largest region's share", "首位地区份额"),
            "cr4": Label("Four largest regions' share", "前四位地区份额"),
            "gamma": Label("Ellison-Glaeser index", "EG 指数"),
            "change": Label("Change", "变化量"),
            "national": Label("National effect", "全国增长效应"),
            "industry_mix": Label("Industry-mix effect", "产业结构效应"),
            "competitive": Label("Competitive effect", "竞争力效应"),
            "allocation": Label("Allocation effect", "配置效应"),
            "estimate": Label("Estimate", "估计值"),
            "std_error": Label("Standard error", "标准误"),
            "p_value": Label("p-value", "p 值"),
            "conf_low": Label("Lower bound", "下限"),
            "conf_high": Label("Upper bound", "上限"),
            "n_obs": Label("Observations", "观测数"),
            "outcome": Label("Outcome", "被解释变量"),
            "method": Label("Method", "估计方法"),
            "covariance": Label("Standard errors", "标准误类型"),
            "r2": Label("R-squared", "R 方"),
            "r2_within": Label("Within R-squared", "组内 R 方"),
            "pseudo_r2": Label("Pseudo R-squared", "伪 R 方"),
            "n_clusters": Label("Clusters", "聚类数"),
            "n_units": Label("Units", "个体数"),
            "n_regions": Label("Regions", "地区数"),
            "n_periods": Label("Periods", "期数"),
            "n_shocks": Label("Shocks", "冲击数"),
            "n_shock_groups": Label("Shock groups", "冲击组数"),
            "n_instruments": Label("Instruments", "工具变量数"),
            "effective_f": Label("Effective F", "有效 F 值"),
            "effective_f_critical": Label("Critical value of the effective F", "有效 F 临界值"),
            "sargan": Label("Sargan statistic", "Sargan 统计量"),
            "hansen": Label("Hansen statistic", "Hansen 统计量"),
            "deviance": Label("Deviance", "偏差"),
        }
    )
)
