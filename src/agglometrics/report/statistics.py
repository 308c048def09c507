"""What `compare` prints for the statistics that estimates of this package state."""

from __future__ import annotations

from types import MappingProxyType

from agglometrics.labels import Label, Labels

STATISTICS = Labels(
    MappingProxyType(
        {
            "estimate": Label("Estimate", "估计值"),
            "std_error": Label("Standard error", "标准误"),
            "p_value": Label("p-value", "p 值"),
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
            "sargan_p": Label("Sargan test (p)", "Sargan 检验 (p)"),
            "hansen_p": Label("Hansen test (p)", "Hansen 检验 (p)"),
            "m1_p": Label("AR(1) test (p)", "AR(1) 检验 (p)"),
            "m2_p": Label("AR(2) test (p)", "AR(2) 检验 (p)"),
            "treated_units": Label("Treated units", "处理组个体数"),
            "control_units": Label("Control units", "对照组个体数"),
            "deviance": Label("Deviance", "偏差"),
            "log_likelihood": Label("Log likelihood", "对数似然值"),
            "first_stage_f": Label("First-stage F", "第一阶段 F 值"),
        }
    )
)

USUAL = (
    "outcome",
    "method",
    "covariance",
    "n_obs",
    "r2",
    "r2_within",
    "pseudo_r2",
    "first_stage_f",
    "n_instruments",
    "hansen_p",
    "m1_p",
    "m2_p",
    "treated_units",
    "control_units",
)
"""What a regression table prints below the coefficients by default, where a model has it."""
