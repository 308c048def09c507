"""What the study prints for the machine names in its tables, in English and Chinese."""

from __future__ import annotations

from types import MappingProxyType

from agglometrics.labels import Label, Labels
from agglometrics.report.statistics import STATISTICS

STUDY = Labels(
    MappingProxyType(
        {
            **STATISTICS.names,
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
            "conf_low": Label("Lower bound", "下限"),
            "conf_high": Label("Upper bound", "上限"),
        }
    )
)
