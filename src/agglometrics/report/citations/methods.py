"""Which articles each public name rests on; the names that rest on none stand below."""

from __future__ import annotations

from collections.abc import Mapping

AKM = ("adaoKolesarMorales2019",)
SHOCKS = ("borusyakHullJaravel2022",)
SHARES = ("goldsmithPinkhamSorkinSwift2020",)
DARTBOARD = ("ellisonGlaeser1997",)
EVENTS = ("callawaySantAnna2021", "sunAbraham2021", "borusyakJaravelSpiess2024")
SPATIAL = ("leeYu2010", "elhorst2014")
SDID = ("arkhangelsky2021",)
K_DENSITY = ("durantonOverman2005",)
TRENDS = ("rambachanRoth2023",)
CR = ("bellMcCaffrey2002", "pustejovskyTipton2018")
RESTRICTED = ("davidsonMacKinnon2010", "roodmanNielsenMacKinnonWebb2019")
JACKKNIFE = ("borusyakHullJaravel2022", "bellMcCaffrey2002", "mackinnonNielsenWebb2023")
ROOTS = ("muellerWatson2024", "beckerBollVoth2026")

MEASURES: Mapping[str, tuple[str, ...]] = {
    "location_quotient": ("balassa1965", "hoenOosterhaven2006", "fingletonIglioriMoore2004"),
    "concentration": ("hoover1936", "krugman1991", "theil1967", "brulhartTraeger2005"),
    "specialization": ("krugman1991",),
    "theil_decomposition": ("theil1967", "brulhartTraeger2005"),
    "density": ("cicconeHall1996",),
    "CicconeHall": ("cicconeHall1996",),
    "externalities": ("glaeserKallalScheinkmanShleifer1992", "combes2000"),
    "variety": ("frenkenVanOortVerburg2007",),
    "proximity": ("hidalgo2007",),
    "relatedness_density": ("hidalgo2007", "boschmaBallandKogler2015"),
    "Exact": ("clopperPearson1934", "guimaraesFigueiredoWoodward2009", "ellisonGlaeser1997"),
    "Moineddin": ("moineddinBeyeneBoyle2003",),
    "PlantSizes": ("guimaraesFigueiredoWoodward2009", "wilson1927"),
    "cluster_cutoff": ("odonoghueGleave2004",),
    "NormalCutoff": ("odonoghueGleave2004",),
    "BootstrapCutoff": ("tian2013",),
    "litzenberger_sternberg": ("litzenbergerSternberg2006",),
    "policy_alignment": ("phipsonSmyth2010",),
    "chain_completeness": ("glaeserKerr2009",),
    "linkages": ("rasmussen1956", "ghosh1958", "millerBlair2009"),
    "multipliers": ("ghosh1958", "millerBlair2009"),
    "local_share": ("moorePetersen1955", "isard1953", "kronenberg2009"),
    "local_supply_rate": ("moses1955",),
    "ellison_glaeser": DARTBOARD,
    "ellison_glaeser_cells": DARTBOARD,
    "gamma_bounds": DARTBOARD,
    "Dartboard": DARTBOARD,
    "dartboard_draws": DARTBOARD,
    "NaturalAdvantage": DARTBOARD,
    "Spillover": DARTBOARD,
    "maurel_sedillot": ("maurelSedillot1999",),
    "devereux_griffith_simpson": ("devereuxGriffithSimpson2004",),
    "coagglomeration": ("ellisonGlaeserKerr2010",),
    "colocation": ("howardNewmanTarp2016",),
}
DISTANCE: Mapping[str, tuple[str, ...]] = {
    "duranton_overman": K_DENSITY,
    "DurantonOvermanBands": (*K_DENSITY, "klierMcMillen2008"),
    "DroppedSimulationBands": K_DENSITY,
    "ExtremeRankBands": ("myllymaki2017",),
    "SheatherJones": ("sheatherJones1991",),
    "Silverman": ("silverman1986",),
    "marcon_puech": ("marconPuech2010",),
    "lang_marcon_puech": ("langMarconPuech2020",),
    "local_concentration": ("marconPuech2010",),
    "RandomLocation": (*K_DENSITY, "marconPuech2010"),
    "ripley": ("ripley1977",),
    "goodness_of_fit": ("diggle1983",),
    "BenjaminiHochberg": ("benjaminiHochberg1995",),
    "WestfallYoung": ("westfallYoung1993",),
    "scan_clusters": ("kulldorff1997",),
    "moran": ("cliffOrd1981",),
}
DECOMPOSITIONS: Mapping[str, tuple[str, ...]] = {
    "shift_share": ("dunn1960",),
    "shift_share_path": ("dunn1960",),
    "Dunn": ("dunn1960",),
    "EstebanMarquillas": ("estebanMarquillas1972",),
    "allocation_types": ("estebanMarquillas1972",),
    "Arcelus": ("arcelus1984",),
    "Gerfin": ("gerfin1964",),
    "Dynamic": ("barffKnight1988",),
    "Spatial": ("nazaraHewings2004",),
    "Stochastic": ("patterson1991",),
    "stochastic_shift_share": ("patterson1991",),
    "CellBootstrap": ("davidsonFlachaire2008",),
}
DESIGNS: Mapping[str, tuple[str, ...]] = {
    "ShiftShareDesign": (*SHOCKS, *SHARES, "borusyakHullJaravel2025"),
    "ShiftShare": AKM,
    "ShiftShareSERules": AKM,
    "AKM": AKM,
    "AKM0": AKM,
    "akm_std_error": AKM,
    "akm0_set": AKM,
    "ShockLevel": SHOCKS,
    "ShockLevel0": SHOCKS,
    "shock_level_std_error": SHOCKS,
    "ShockJackknife": JACKKNIFE,
    "shock_jackknife_std_error": JACKKNIFE,
    "RandomizationTest": ("borusyakHull2023",),
    "Permutation": ("borusyakHull2023",),
    "SignFlips": ("borusyakHull2023",),
    "Studentized": ("borusyakHull2023", "diCiccioRomano2017"),
    "Unstudentized": ("borusyakHull2023",),
    "rotemberg_panels": SHARES,
    "plot_rotemberg": SHARES,
    "leave_one_out_growth": (*SHARES, *SHOCKS),
}
REGRESSIONS: Mapping[str, tuple[str, ...]] = {
    "panel": ("correia2015", "baltagi2021"),
    "panels": ("correia2015", "baltagi2021"),
    "RandomEffects": ("swamyArora1972", "baltagiChang1994"),
    "Mundlak": ("mundlak1978",),
    "Between": ("baltagi2021",),
    "FirstDifference": ("baltagi2021",),
    "poisson": ("santosSilvaTenreyro2006", "correiaGuimaraesZylkin2020",
                "correiaGuimaraesZylkin2021"),
    "ControlFunction": ("wooldridge2015",),
    "ControlFunctionRegression": ("wooldridge2015",),
    "Liml": ("andersonRubin1949",),
    "Fuller": ("fuller1977",),
    "anderson_rubin": ("andersonRubin1949",),
    "anderson_rubin_test": ("andersonRubin1949",),
    "wild_anderson_rubin": RESTRICTED,
    "wild_anderson_rubin_test": RESTRICTED,
    "wild_iv": RESTRICTED,
    "weak_instruments": ("oleaPflueger2013", "kleibergenPaap2006"),
    "tf": ("leeMcCraryMoreiraPorter2022",),
    "overidentification": ("sargan1958", "hansen1982", "basmann1960"),
    "hausman": ("hausman1978",),
    "robust_hausman": ("wooldridge2010",),
    "oster": ("oster2019",),
    "PairsBootstrap": ("oster2019",),
    "u_test": ("lindMehlum2010", "sasabuchi1980"),
    "detectable_effect": ("bloom1995",),
    "binned_scatter": ("cattaneoCrumpFarrellFeng2024",),
    "cluster_diagnostics": ("mackinnonNielsenWebb2023leverage", "carterSchnepelSteigerwald2017"),
    "ClusterDiagnostics": ("mackinnonNielsenWebb2023leverage", "carterSchnepelSteigerwald2017"),
    "conley_cutoff": ("conley1999",),
    "dynamic_panel": ("arellanoBond1991", "blundellBond1998", "roodman2009"),
    "Gmm": ("roodman2009",),
    "threshold_panel": ("hansen1999",),
    "ThresholdRegression": ("hansen1999",),
    "spatial_panel": SPATIAL,
    "SpatialEstimates": SPATIAL,
    "SpatialLag": (*SPATIAL, "linLee2010"),
    "SpatialDurbin": SPATIAL,
    "SpatialError": SPATIAL,
    "impacts": ("lesagePace2009",),
    "lagrange_multipliers": ("anselinBeraFloraxYoon1996", "elhorst2014"),
    "lbm_gls": ("muellerWatson2024",),
    "spatial_unit_root_test": ROOTS,
    "spatial_stationarity_test": ROOTS,
}  # fmt: skip
COVARIANCES: Mapping[str, tuple[str, ...]] = {
    "Robust": ("white1980",),
    "Cluster": ("cameronMiller2015", "cameronGelbachMiller2011"),
    "CR2": CR,
    "CR3": ("mackinnonNielsenWebb2023",),
    "NeweyWest": ("neweyWest1987",),
    "Bartlett": ("neweyWest1987",),
    "DriscollKraay": ("driscollKraay1998", "kieferVogelsang2005", "vogelsang2012"),
    "Conley": ("conley1999",),
    "SCPC": ("muellerWatson2022", "muellerWatson2023"),
    "WildBootstrap": ("cameronGelbachMiller2008",),
    "Webb": ("webb2023",),
    "Windmeijer": ("windmeijer2005",),
}
EVALUATIONS: Mapping[str, tuple[str, ...]] = {
    "event_study": EVENTS,
    "CallawaySantAnna": ("callawaySantAnna2021",),
    "SunAbraham": ("sunAbraham2021",),
    "Imputation": ("borusyakJaravelSpiess2024",),
    "NotYetTreated": ("callawaySantAnna2021",),
    "bacon_decomposition": ("goodmanBacon2021",),
    "BaconDecomposition": ("goodmanBacon2021",),
    "honest_bounds": (*TRENDS, "andrewsRothPakes2023"),
    "HonestBounds": (*TRENDS, "andrewsRothPakes2023"),
    "RelativeMagnitudes": TRENDS,
    "Smoothness": TRENDS,
    "pretrend_power": ("roth2022",),
    "PretrendPower": ("roth2022",),
    "triple_difference": ("oldenMoen2022",),
    "synthetic_control": ("abadieDiamondHainmueller2010", "chernozhukovWuthrichZhu2021"),
    "SyntheticControl": ("abadieDiamondHainmueller2010", "chernozhukovWuthrichZhu2021"),
    "Ridge": ("benMichaelFellerRothstein2021",),
    "synthetic_did": SDID,
    "SyntheticDID": SDID,
    "BootstrapVariance": SDID,
    "JackknifeVariance": SDID,
    "PlaceboVariance": SDID,
}
PICTURES: Mapping[str, tuple[str, ...]] = {
    "plot_confidence_curve": ("birnbaum1961",),
    "plot_network": ("hidalgo2007",),
    "plot_specification_curve": ("simonsohnSimmonsNelson2020",),
}
METHODS: Mapping[str, tuple[str, ...]] = {
    **MEASURES,
    **DISTANCE,
    **DECOMPOSITIONS,
    **DESIGNS,
    **REGRESSIONS,
    **COVARIANCES,
    **EVALUATIONS,
    **PICTURES,
}
"""From public names to the keys of their articles."""

WITHOUT = frozenset({
    # containers of answers, and errors
    "AgglometricsError", "AgglometricsWarning", "ConvergenceError", "IdentificationError",
    "InputError", "Covariance", "Estimates", "Interval", "Regression", "IVRegression",
    "EventStudy", "ExposureRings", "DensityCurve", "IndustryCurves", "PermutationTest",
    "Stars",
    # values that name a choice of the package, a convention of a program, or a textbook's method
    "Homoskedastic", "Rademacher", "Uniform", "LeastSquares", "TwoStage", "TwoWay",
    "NoDependence", "NeverTreated", "UniversalBase", "VaryingBase", "Outcomes", "Predictor",
    "Predictors", "MaturityRules", "Trade", "LocationChoice", "PlantChoice",
    "RandomLabelling", "PopulationIndependence", "RandomPosition", "ShuffledLabels",
    "RelativeStandardErrors",
    "Isotropic", "Translation", "Uncorrected", "IntegratedSquare", "MaximumDeviation",
    "PermuteDates", "PermuteSets", "PermuteUnits", "SmallSample", "FixestRules",
    "LinearmodelsRules", "PlmRules", "StataAregRules", "StataXtregRules",
    # plain tools, textbook methods, and rules that the package states itself
    "iv", "avg_slopes", "lincom", "predict", "from_columns", "compare",
    "compare_covariances", "without_each", "cite", "collapse", "row_standardize",
    "component_totals", "regional_shares", "dynamic_index", "leave_one_out",
    "measurement_error", "over_zonings", "herfindahl_bounds", "entropy_index",
    "cluster_maturity", "cluster_stars", "maturity_sensitivity", "local_flows",
    "exposure_rings", "permutation_test", "simulate_shift_share",
})  # fmt: skip
"""Public names without an article of their own; pictures and writers (``plot_``, ``to_``) too."""


def has_no_article(name: str) -> bool:
    """Return whether a public name rests on no article."""
    plain = name.startswith(("plot_", "to_", "save_"))
    return name in WITHOUT or (plain and name not in METHODS)
