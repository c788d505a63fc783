"""Price corrections of each report that has them, beside the prices that they correct."""

from helpers import cdr, dam_spp_name, rt_spp_name, run_pipeline, write_raw


def run_of(tmp_path, files, *datasets):
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", datasets=list(datasets))
    assert run.critical() == []
    return run


CASES = {
    "dam_spp": (
        {
            dam_spp_name("2024-05-03"): [
                "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag",
                *(f"05/03/2024,0{1 + i // 2}:00,{'AB'[i % 2]},{i + 1}.0,N" for i in range(4)),
            ]
        },
        (13044, "DAM_SPP"),
        "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
        "05/03/2024,{hour},{who},{old},{new},{when},N",
        "settlement_point_price",
    ),
    "dam_mcpc": (
        {
            cdr(12329, "20240502.123000", "DAMCPCNP4188.csv"): [
                "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag",
                *(f"05/03/2024,0{1 + i // 2}:00,{'AB'[i % 2]},{i + 1}.0,N" for i in range(4)),
            ]
        },
        (13044, "DAM_MCPC"),
        "DeliveryDate,DeliveryHour,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,DSTFlag",
        "05/03/2024,{hour},{who},{old},{new},{when},N",
        "mcpc",
    ),
    "rt_spp": (
        {
            rt_spp_name("20240503_0100"): [
                "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,"
                "SettlementPointPrice,DSTFlag",
                *(f"05/03/2024,{1 + i // 2},1,{'AB'[i % 2]},LZ,{i + 1}.0,N" for i in range(4)),
            ]
        },
        (13045, "RTM_SPP"),
        "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SPPOriginal,SPPCorrected,"
        "PriceCorrectionTime,DSTFlag",
        "05/03/2024,{hour},1,{who},LZ,{old},{new},{when},N",
        "settlement_point_price",
    ),
    "rt_lmp": (
        {
            cdr(12300, "20240503.000015", "LMPSROSNODENP6788_20240503_000011.csv"): [
                "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP",
                *(f"05/03/2024 0{i // 2}:00:11,N,{'AB'[i % 2]},{i + 1}.0" for i in range(4)),
            ]
        },
        (13045, "RTM_SPLMP"),
        "SCEDTimestamp,SettlementPoint,LMPOriginal,LMPCorrected,PriceCorrectionTime,DSTFlag",
        "05/03/2024 0{before}:00:11,{who},{old},{new},{when},N",
        "lmp",
    ),
    "rt_mcpc": (  # began later than this day, which only makes the cases alike
        {
            cdr(24898, "20240503.010002", "RTDMCPCNP6331_20240503_0100.csv"): [
                "DeliveryDate,DeliveryHour,DeliveryInterval,RepeatedHourFlag,ASType,MCPC",
                *(f"05/03/2024,{1 + i // 2},1,N,{'AB'[i % 2]},{i + 1}.0" for i in range(4)),
            ]
        },
        (13045, "RTM_MCPC_SPP"),
        "DeliveryDate,DeliveryHour,DeliveryInterval,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,"
        "RepeatedHourFlag",
        "05/03/2024,{hour},1,{who},{old},{new},{when},N",
        "mcpc",
    ),
}


def corrections_of(dataset: str, day: str, *rows: tuple) -> dict[str, list[str]]:
    """Return a file of corrections published on a day; each row is hour, point, old and new price, and time."""
    _, (report, part), header, template, _ = CASES[dataset]
    lines = [template.format(hour=h, before=h - 1, who=w, old=o, new=n, when=t) for h, w, o, n, t in rows]
    return {cdr(report, f"{day}.120000", f"pricecorrection_{part}.csv"): [header, *lines]}


def prices_of(run, dataset: str) -> list[tuple]:
    price = CASES[dataset][-1]
    frame = run.annual[dataset, 2024]
    place = frame.columns.index(price)
    assert frame.columns[place : place + 2] == [price, f"{price}_original"]
    return frame.select(price, f"{price}_original").rows()
