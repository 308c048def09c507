"""What figures print for the columns of the package's answers, in English and Chinese."""

from __future__ import annotations

from types import MappingProxyType

from agglometrics.labels import Label, Labels, Lang

WORDS = Labels(
    MappingProxyType(
        {
            "lq": Label("Location quotient", "区位熵"),
            "share": Label("Share", "比重"),
            "hoover": Label("Hoover index", "胡佛指数"),
            "gini": Label("Locational Gini", "区位基尼系数"),
            "gini_lq": Label("Gini of location quotients", "区位熵基尼系数"),
            "gini_shares": Label("Gini of shares", "份额基尼系数"),
            "krugman": Label("Krugman index", "克鲁格曼指数"),
            "theil": Label("Theil index", "泰尔指数"),
            "herfindahl": Label("Herfindahl index", "赫芬达尔指数"),
            "shannon": Label("Shannon entropy", "香农熵"),
            "hachman": Label("Hachman index", "哈赫曼指数"),
            "gamma": Label("Ellison-Glaeser index", "EG 指数"),
            "cr1": Label("Largest region's share", "首位地区份额"),
            "cr4": Label("Four largest regions' share", "前四位地区份额"),
            "between": Label("Between groups", "组间"),
            "within": Label("Within groups", "组内"),
            "proximity": Label("Proximity", "邻近度"),
            "relatedness_density": Label("Relatedness density", "关联密度"),
            "estimate": Label("Estimate", "估计值"),
            "std_error": Label("Standard error", "标准误"),
            "direct": Label("Direct", "直接效应"),
            "indirect": Label("Indirect", "间接效应"),
            "total": Label("Total", "总效应"),
            "expected": Label("Expected by chance", "随机期望值"),
            "as given": Label("As given", "原分区"),
            "none": Label("None", "无集聚"),
            "crowding": Label("Crowding", "扎堆"),
            "growing": Label("Growing", "成长"),
            "mature": Label("Mature", "成熟"),
            "undecided": Label("Undecided", "待定"),
            "unknown": Label("Unknown", "未知"),
            "_sets": Label("Value of the coefficient", "系数取值"),
            "_p": Label("p-value (one minus the level)", "p 值（1 减置信水平）"),
            "_draws": Label("Draws", "抽样次数"),
            "_observed": Label("Observed", "观测值"),
            "_chance": Label("Under the null", "零假设下"),
            "_normal": Label("Normal approximation", "正态近似"),
            "_raw_g": Label("Raw concentration G", "原始集中度 G"),
            "_t": Label("Statistic under the null", "零假设下的统计量"),
            "_without": Label("Estimate without the group", "剔除该组后的估计值"),
            "_first_f": Label("First-stage F", "第一阶段 F 值"),
            "_just": Label("Just-identified estimate", "恰好识别估计值"),
            "_positive": Label("Positive weight", "正权重"),
            "_negative": Label("Negative weight", "负权重"),
            "shock": Label("Shock", "冲击"),
            "_residual": Label("{}, exposure-weighted residual", "{}（按暴露加权的残差）"),
            "_mean": Label("{}, controls at their means", "{}（控制变量取均值）"),
            "_band": Label("Band for all bins", "全部区间的置信带"),
            "_interval": Label("Interval of one bin", "单个区间的置信区间"),
            "_accepted": Label("Confidence set", "置信集"),
            "_critical": Label("Critical value", "临界值"),
            "_threshold": Label("Threshold", "门限值"),
            "_ratio": Label("Likelihood ratio", "似然比"),
            "_even": Label("Equal shares", "均等份额"),
            "_information": Label("Share of the term's variation", "占该变量变异的份额"),
            "_effective": Label("{} clusters, {} effective", "{} 个聚类，有效数 {}"),
            "_exposure": Label("Exposure share", "暴露份额"),
            "_specification": Label("Specifications, in ascending order", "各设定（按估计值升序）"),
        }
    )
)  # fmt: skip
"""Labels of columns and parts; those that a caller passes come before them."""


def said(name: object, lang: Lang, labels: Labels, unit: str = "") -> str:
    """Return what to print for `name`: the caller's label, or the package's, and the unit.

    >>> from agglometrics.labels import PLAIN
    >>> said("lq", "zh", PLAIN), said("output", "en", PLAIN, "bn yuan")
    ('区位熵', 'output (bn yuan)')
    """
    text = WORDS.joined(labels).text(name, lang)
    if not unit:
        return text
    return f"{text} ({unit})" if lang == "en" else f"{text}（{unit}）"


def minus(text: str) -> str:
    """Return a printed number with a minus sign instead of a hyphen."""
    return text.replace("-", "\N{MINUS SIGN}")
