"""What the pictures of evaluations print, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from agglometrics.evaluation.panel import TreatedPanel
from agglometrics.labels import Label, Labels, Lang, as_labels, require_language
from agglometrics.notation import Codes

WORDS = Labels(
    MappingProxyType(
        {
            "_treated": Label("Treated", "处理组"),
            "_synthetic": Label("Synthetic", "合成对照"),
            "_placebos": Label("Placebos", "安慰剂"),
            "_gap": Label("Treated minus synthetic", "处理组减合成对照"),
            "_moved": Label("Weighted donors at the treated's level", "加权对照（移至处理组水平）"),
            "_time_weights": Label("Time weights (right)", "时间权重（右轴）"),
            "_effect": Label("Effect: {}", "效应：{}"),
            "_since": Label("Periods since treatment began", "距处理开始的期数"),
            "_pointwise": Label("{} pointwise interval", "{} 逐点置信区间"),
            "_together": Label("{} simultaneous band", "{} 联合置信带"),
            "_reference": Label("Reference period", "基准期"),
            "_ratio": Label("RMSPE after over before treatment", "处理后与处理前 RMSPE 之比"),
            "_reassigned": Label("Reassignments", "重新分配"),
            "_count": Label("Number", "个数"),
            "weight": Label("Weight", "权重"),
            "_trend": Label("Trend, detected with probability {:.2g}",
                            "趋势（被发现的概率 {:.2g}）"),
            "_passed": Label("Its mean estimate if the pre-test passes",
                             "趋势下通过事前检验时的均值"),
            "_parallel": Label("parallel\ntrends", "平行\n趋势"),
            "relative magnitudes": Label(
                "Largest violation after treatment over largest before (m)",
                "处理后与处理前最大偏离之比（m）"),
            "smoothness": Label("Largest change of the trend's slope per period (m)",
                                "趋势斜率每期的最大变化（m）"),
            "_breakdown": Label("Largest m that excludes zero: {:.3g}", "排除零的最大 m：{:.3g}"),
            "_set": Label("{} set", "{} 置信集"),
            "_two_way": Label("Two-way estimate", "双向固定效应估计值"),
            "_two_by_two": Label("Two-by-two estimate", "两两比较估计值"),
            "treated vs never": Label("Treated vs never", "处理组对从未处理组"),
            "earlier vs later": Label("Earlier vs later", "先处理对后处理"),
            "later vs earlier": Label("Later vs earlier", "后处理对先处理"),
            "att": Label("Treated", "处理组"),
            "naive": Label("Treated, exposed units as donors", "处理组（以受影响单位为对照）"),
            "_ring": Label("Ring {}", "第 {} 圈"),
            "_rejected": Label("Share of placebos without an effect that are rejected",
                               "无效应安慰剂被拒绝的比例"),
            "_nominal": Label("Nominal", "名义水平"),
            "rank of RMSPE ratio": Label("Rank of RMSPE ratio", "RMSPE 比秩检验"),
            "rank, smallest third": Label("Rank, smallest third", "秩检验，最小三分之一"),
            "rank, middle third": Label("Rank, middle third", "秩检验，中间三分之一"),
            "rank, largest third": Label("Rank, largest third", "秩检验，最大三分之一"),
            "conformal": Label("Conformal", "保形检验"),
            "normal, PlaceboVariance": Label("Normal, placebo variance", "正态，安慰剂方差"),
            "normal, JackknifeVariance": Label("Normal, jackknife variance", "正态，刀切方差"),
            "normal, BootstrapVariance": Label("Normal, bootstrap variance", "正态，自助方差"),
            "rank of |estimate|": Label("Rank of the absolute estimate", "估计绝对值秩检验"),
            "the treated at pseudo-dates": Label("The treated at pseudo-dates", "处理组于伪日期"),
            "donors": Label("Donors", "对照组"),
            "donors, smallest third": Label("Donors, smallest third", "对照组，最小三分之一"),
            "donors, middle third": Label("Donors, middle third", "对照组，中间三分之一"),
            "donors, largest third": Label("Donors, largest third", "对照组，最大三分之一"),
        }
    )
)  # fmt: skip


def worded(labels: Labels | Mapping[Any, Any], lang: Lang) -> Labels:
    """Return the words of this room and the caller's labels, which come first."""
    require_language(lang)
    return WORDS.joined(as_labels(labels))


def percent(level: float) -> str:
    """Return a level as a reader says it: 0.95 is 95%."""
    return f"{100 * level:.3g}%"


def name_sets(panel: TreatedPanel, sets: Codes, labels: Labels, lang: Lang) -> list[str]:
    """Return the printed name of each set of units (M, m)."""
    joint = ", " if lang == "en" else "、"
    return [joint.join(labels.text(panel.units[n], lang) for n in row) for row in sets.tolist()]
