"""What replaces what in the disclosures: supplements, corrections, and members without a key."""

from final_prices import run_of
from helpers import cdr, zip_bytes

ESR = "SCED Time Stamp,Repeated Hour Flag,Resource Name,Base Point"
ESR_MEMBER = "60d_ESR_Data_in_SCED-03-FEB-26.csv"
DAILY = "cdr.00013052.0000000000000000.{day}.031500.60_Day_SCED_Disclosure.zip"
STAMPS = ("12/05/2025 00:00:11", "12/05/2025 00:05:11", "12/05/2025 00:10:11")


def esr(*points: float | str) -> list[str]:
    """Return the member of 5 December with one row a run; a point of "" is not printed at all."""
    return [ESR, *(f"{stamp},N,A_ESR1,{p}" for stamp, p in zip(STAMPS, points, strict=False) if p != "")]


def points_of(run) -> list[float]:
    return run.annual["sced_esr", 2025]["base_point"].to_list()


def test_a_supplement_overrides_a_later_regular_file_row_by_row(tmp_path):
    supplement = "60d_ESR_Data_in_SCED_02032026_thru_02182026_SUPPLEMENTAL.zip"
    files = {
        DAILY.format(day="20260203"): zip_bytes({ESR_MEMBER: esr(1, 2, 3)}),
        supplement: zip_bytes({ESR_MEMBER: esr(1, 22)}),
        DAILY.format(day="20260301"): zip_bytes({ESR_MEMBER: esr(5, 2, 3)}),
    }
    run = run_of(tmp_path, files, "sced_esr")
    assert points_of(run) == [1.0, 22.0, 3.0]
    # run 1: the first regular row equals the supplement's, the later one does not; run 2: neither does; run 3: equal
    assert run.ledger("sced_esr", 2025) == (3, 3, 0, 8, 3, 2, 3, 0)
    assert run.findings("revision")[0]["count"] == 3
    replaced = run.revisions["sced_esr", 2025]
    assert sorted(replaced["base_point"].to_list()) == [2.0, 2.0, 5.0]


def test_a_correction_overrides_a_later_regular_file_and_yields_to_a_supplement(tmp_path):
    correction = cdr(13052, "20260210.031500", "60_Day_SCED_Disclosure_CORRECTION.zip")
    files = {
        DAILY.format(day="20260203"): zip_bytes({ESR_MEMBER: esr(1, 2, 3)}),
        correction: zip_bytes({ESR_MEMBER: esr(11, 12)}),
        DAILY.format(day="20260301"): zip_bytes({ESR_MEMBER: esr(1, 2, 33)}),
        "60d_ESR_Data_in_SCED-03-FEB-26_SUPPLEMENTAL_CORRECTION.csv": esr(21),
    }
    run = run_of(tmp_path, files, "sced_esr")
    assert points_of(run) == [21.0, 12.0, 33.0]
    assert run.ledger("sced_esr", 2025) == (4, 4, 0, 9, 3, 0, 6, 0)


# --- members without a key --------------------------------------------------------------------------------------------

OFFERS = (
    "Delivery Date,Hour Ending,QSE,DME,Resource Name,Multi-Hour Block Flag,BLOCK INDICATOR1,PRICE1 ECRS,QUANTITY MW1"
)
A, B, C = ("02/04/2026,1,QAAA,DAAA,{},N,V,{},{}".format(*row) for row in (("A", 1, 10), ("A", 1, 10.1), ("C", 1, 9)))
OFFER_FILE = "60d_DAM_ESR_ASOffers-05-APR-26.csv"


def offers_of(run):
    return run.annual["dam_esr_as_offers", 2026].select("resource_name", "quantity_mw1").rows()


def test_equal_offers_of_one_file_stay(tmp_path):
    run = run_of(tmp_path, {OFFER_FILE: [OFFERS, A, A, B]}, "dam_esr_as_offers")
    assert offers_of(run) == [("A", 10.0), ("A", 10.0), ("A", 10.1)]
    assert run.ledger("dam_esr_as_offers", 2026) == (1, 1, 0, 3, 3, 0, 0, 0)


def test_offers_are_replaced_member_by_member(tmp_path):
    outer = "cdr.00013051.0000000000000000.{day}.031500.60_Day_DAM_Disclosure.zip"
    files = {
        outer.format(day="20260405"): zip_bytes({OFFER_FILE: [OFFERS, A, A, B]}),
        outer.format(day="20260407"): zip_bytes({OFFER_FILE: [OFFERS, A, C, C]}),
    }
    run = run_of(tmp_path, files, "dam_esr_as_offers")
    assert offers_of(run) == [("A", 10.0), ("C", 9.0), ("C", 9.0)]
    assert run.ledger("dam_esr_as_offers", 2026) == (2, 2, 0, 6, 3, 2, 1, 0)
    assert run.revisions["dam_esr_as_offers", 2026]["quantity_mw1"].to_list() == [10.1]


def test_a_member_that_lies_there_twice_is_taken_once(tmp_path):
    files = {f"a/{OFFER_FILE}": [OFFERS, A, A, B], f"b/{OFFER_FILE}": [OFFERS, A, A, B]}
    run = run_of(tmp_path, files, "dam_esr_as_offers")
    assert offers_of(run) == [("A", 10.0), ("A", 10.0), ("A", 10.1)]
    assert run.ledger("dam_esr_as_offers", 2026) == (2, 2, 0, 6, 3, 3, 0, 0)


def test_a_supplement_replaces_only_the_days_that_it_has(tmp_path):
    next_day = [row.replace("02/04/2026", "02/05/2026") for row in (A, B)]
    files = {
        OFFER_FILE: [OFFERS, A, B],
        "60d_DAM_ESR_ASOffers-06-APR-26.csv": [OFFERS, *next_day],
        "60d_DAM_ESR_ASOffers_04052026_thru_04052026_SUPPLEMENTAL.zip": zip_bytes({OFFER_FILE: [OFFERS, C]}),
    }
    run = run_of(tmp_path, files, "dam_esr_as_offers")
    assert offers_of(run) == [("C", 9.0), ("A", 10.0), ("A", 10.1)]
    assert run.ledger("dam_esr_as_offers", 2026) == (3, 3, 0, 5, 3, 0, 2, 0)
