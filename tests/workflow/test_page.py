"""The page in a real browser: headless Chromium, driven by a script that is added to a copy of the page."""

import json
import re
import shutil
import subprocess
from urllib.parse import unquote

import pytest
from patience import PATIENCE
from report_material import CHANGES, JOBS, RUN, facts_of, full_tree, rich_tree, written

from ercot.report.html.page import page as page_of

pytestmark = pytest.mark.slow

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)

# A window of Chromium is 500 pixels wide at least, a frame can be as narrow as a phone. What the page in it tells
# becomes attributes of the body around it.
FRAME = """
<body style="margin: 0"><script>
addEventListener("message", (event) => document.body.setAttribute(...event.data));
</script><iframe src="{page}" style="border: 0; width: {width}px; height: 900px"></iframe></body>
"""

# Each step tells what a person would see.
DRIVER = r"""
<script>
const tell = (name, value) => parent.postMessage(["data-told-" + name, String(value)], "*");
const shown = () => [...document.querySelectorAll("#findings-table tbody tr")].filter((row) => row.offsetParent);
const form = document.getElementById("filters");
const choose = (name, value) => {
  form.elements[name].value = value;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  return shown().length;
};
addEventListener("load", () => setTimeout(async () => {
  tell("height", document.documentElement.scrollHeight);
  document.querySelector("#all-findings > summary").click();
  tell("all", shown().length);
  tell("said-of-all", document.getElementById("found").textContent);
  tell("text", choose("text", "BAD_number  rejected"));
  tell("said", document.getElementById("found").textContent);
  tell("none", choose("dataset", "rt_spp"));
  form.querySelector("button[type=reset]").click();
  await new Promise((done) => setTimeout(done));
  tell("reset", shown().length);
  const counts = {};
  for (const select of form.querySelectorAll("select")) {
    for (const option of select.options) {
      const count = choose(select.name, option.value);
      counts[select.name + "=" + option.value] = [count, document.getElementById("found").textContent];
    }
    choose(select.name, "");
  }
  tell("filters", encodeURIComponent(JSON.stringify(counts)));
  const links = [];
  for (const link of document.querySelectorAll("a[data-preset]")) {
    document.getElementById("all-findings").open = false;
    link.click();
    links.push([link.dataset, shown().length, document.getElementById("all-findings").open]);
  }
  tell("links", encodeURIComponent(JSON.stringify(links)));
  document.querySelector(".verdict a[data-severity=critical]").click();
  tell("preset", shown().map((row) => row.dataset.severity).join());
  const subject = document.getElementById("dam_spp");
  tell("closed", subject.open);
  document.querySelector("a.cell[href='#dam_spp-2023']").click();
  await new Promise((done) => setTimeout(done, 100));
  tell("opened", subject.open);
  const box = document.getElementById("dam_spp-2023").getBoundingClientRect();
  tell("in-view", box.top >= 0 && box.top < innerHeight);
  const calendar = document.querySelector("#dam_spp-2023 svg.calendar");
  const drawn = calendar.getBoundingClientRect();
  const at = (day, hour) => ({
    bubbles: true,
    clientX: drawn.left + (44 + 2.4 * (day + 0.5)) * drawn.width / 930,
    clientY: drawn.top + (16 + 3 * (hour + 0.5)) * drawn.height / 134,
  });
  calendar.dispatchEvent(new PointerEvent("pointermove", at(31, 4)));
  tell("pointed", document.querySelector("#dam_spp-2023 output").textContent);
  // The real clipboard answers when it likes; what is handed to it is what counts.
  const writeText = async (text) => tell("clipboard", text.split("\n")[0]);
  Object.defineProperty(navigator, "clipboard", { value: { writeText } });
  for (const part of subject.querySelectorAll("details.more")) part.open = true;
  subject.querySelector("button.copy").click();
  await new Promise((done) => setTimeout(done, 100));
  tell("copied", subject.querySelector("button.copy").textContent);
  document.querySelector("nav a[href='#run']").click();
  await new Promise((done) => setTimeout(done, 100));
  const run = document.getElementById("run").getBoundingClientRect();
  tell("run-in-view", run.top >= 0 && run.top < innerHeight);
  const tables = [...document.querySelectorAll("#run-tables details")];
  tell("run-open", tables.map((table) => table.open).join());
  const slowest = tables.find((table) => table.textContent.includes("The slowest jobs"));
  slowest.querySelector("summary").click();
  tell("slowest", slowest.querySelector("tbody th").innerText);
  const stops = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")];
  tell("unreachable", stops.filter((stop) => stop.tabIndex < 0).length);
  tell("done", true);
}));
</script>
"""


@pytest.fixture(scope="module")
def browse(tmp_path_factory):
    if BROWSER is None:
        pytest.skip(f"no Chromium here (looked for {', '.join(NAMES)}): apt-get install chromium")

    def run(page, *flags):
        profile = tmp_path_factory.mktemp("profile")
        command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)

    return run


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    years, windows, more = rich_tree()
    folder = written(tmp_path_factory.mktemp("report"), years, windows, changes=CHANGES, **more)
    return folder / "index.html"


@pytest.fixture(scope="module")
def fifteen_years(tmp_path_factory):
    path = tmp_path_factory.mktemp("fifteen") / "index.html"
    path.write_text(page_of(facts_of(*full_tree(ragged=True), run=RUN, changes=CHANGES), JOBS))
    return path


def framed(page, width):
    """Return a page that shows another one in a frame of some width."""
    frame = page.with_name(f"frame-{width}-{page.name}")
    frame.write_text(FRAME.format(page=page.name, width=width))
    return frame


@pytest.fixture(scope="module", params=[1280, 375], ids=["wide", "phone"])
def driven(page, browse, request):
    copy = page.with_name(f"driven{request.param}.html")
    copy.write_text(page.read_text().replace("</body>", DRIVER + "</body>"))
    ended = browse(framed(copy, request.param), "--virtual-time-budget=20000", "--dump-dom")
    told = dict(re.findall(r'data-told-([\w-]+)="([^"]*)"', ended.stdout))
    assert told.get("done") == "true", f"the driver stopped after {list(told)}: {ended.stderr}"
    return told, ended.stderr


def test_the_browser_has_nothing_to_complain_of(page, browse):
    ended = browse(page, "--dump-dom")
    assert "Wrong: do not use" in ended.stdout
    assert "CONSOLE" not in ended.stderr
    assert "without-script" not in ended.stdout.partition("<head>")[0]


def test_using_the_page_raises_no_error_either(driven):
    assert "CONSOLE" not in driven[1]


def rows_of(page):
    """The lines of the findings as the page holds them: severity, dataset, check and years."""
    found = re.findall(
        r'<tr data-severity="(\w+)" data-dataset="(\w*)" data-check="(\w+)" data-years="([\d ]*)"', page.read_text()
    )
    names = ("severity", "dataset", "check", "year")
    return [dict(zip(names, (*row[:3], row[3].split()), strict=True)) for row in found]


def fitting(rows, **wanted):
    """How many lines fit what is wanted of them."""
    wanted = {name: value for name, value in wanted.items() if value}
    return sum(all(value == row[name] or value in row["year"] for name, value in wanted.items()) for row in rows)


def test_findings_are_filtered(driven):
    told, _ = driven
    assert int(told["all"]) > int(told["text"]) == 1
    assert told["said-of-all"] == f"{told['all']} of {told['all']} lines shown"
    assert told["said"] == f"1 of {told['all']} lines shown"
    assert told["none"] == "0"
    assert told["reset"] == told["all"]


def test_every_choice_of_every_filter_shows_and_counts_what_fits(driven, page):
    rows, counts = rows_of(page), json.loads(unquote(driven[0]["filters"]))
    assert {choice.partition("=")[0] for choice in counts} == {"severity", "dataset", "year", "check"}
    assert len(counts) > 12
    for choice, (count, said) in counts.items():
        name, _, value = choice.partition("=")
        assert count == fitting(rows, **{name: value}), choice
        assert said == f"{count} of {len(rows)} lines shown", choice


def test_every_link_to_findings_opens_them_and_shows_what_it_says(driven, page):
    rows, links = rows_of(page), json.loads(unquote(driven[0]["links"]))
    assert len(links) > 8
    for asked, count, is_open in links:
        wanted = {name: value for name, value in asked.items() if name != "preset"}
        assert is_open, wanted
        assert count == fitting(rows, **wanted), wanted


def test_the_page_is_short_until_something_is_opened(driven):
    assert int(driven[0]["height"]) < 6000


def test_links_lead_to_what_they_name(driven):
    told, _ = driven
    assert told["preset"] == "critical"
    assert (told["closed"], told["opened"], told["in-view"]) == ("false", "true", "true")


def test_a_calendar_tells_the_day_under_the_pointer(driven):
    assert driven[0]["pointed"] == "2023-02-01, hour 5 of the day"


def test_lines_are_copied_and_everything_can_be_reached_by_keyboard(driven):
    told, _ = driven
    assert (told["clipboard"], told["copied"]) == ("import polars as pl", "copied")
    assert told["unreachable"] == "0"


def test_how_the_run_went_can_be_looked_up(driven):
    told, _ = driven
    assert (told["run-in-view"], told["run-open"]) == ("true", "true,false,false")
    assert told["slowest"] == "rollup dam_spp 2023"


@pytest.mark.parametrize("width", [1400, 375])
def test_the_page_is_no_wider_than_the_window(page, browse, width):
    told = "document.documentElement.scrollWidth - innerWidth"
    tell = f"parent.postMessage(['data-told-wide', String({told})], '*')"
    probe = f"<script>addEventListener('load', () => {tell})</script>"
    copy = page.with_name(f"probe{width}.html")
    copy.write_text(page.read_text().replace("<details", "<details open").replace("</body>", probe + "</body>"))
    ended = browse(framed(copy, width), "--window-size=1500,900", "--virtual-time-budget=5000", "--dump-dom")
    assert int(re.search(r'data-told-wide="(-?\d+)"', ended.stdout)[1]) <= 0


@pytest.mark.parametrize("width", [1280, 375])
def test_fifteen_years_of_everything_fit_on_a_few_screens(fifteen_years, browse, width):
    tell = "parent.postMessage(['data-told-height', String(document.documentElement.scrollHeight)], '*')"
    probe = f"<script>addEventListener('load', () => {tell})</script>"
    copy = fifteen_years.with_name(f"probe{width}.html")
    copy.write_text(fifteen_years.read_text().replace("</body>", probe + "</body>"))
    ended = browse(framed(copy, width), "--window-size=1500,900", "--virtual-time-budget=20000", "--dump-dom")
    assert int(re.search(r'data-told-height="(\d+)"', ended.stdout)[1]) < 6000


@pytest.mark.parametrize("scheme", ["0", "1"], ids=["dark", "light"])
def test_the_page_can_be_looked_at(page, browse, tmp_path, scheme):
    picture = tmp_path / "page.png"
    browse(page, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={picture}")
    assert picture.stat().st_size > 20_000


def test_the_page_prints(page, browse, tmp_path):
    paper = tmp_path / "page.pdf"
    browse(page, f"--print-to-pdf={paper}")
    assert paper.read_bytes().startswith(b"%PDF")
