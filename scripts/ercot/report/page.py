"""index.html: the page a person opens."""

from html import escape


def page(verification: dict, years: list[dict]) -> str:
    """Return the report as one self-contained page."""
    rows = "".join(
        f"<tr><td>{escape(f['severity'])}</td><td>{escape(str(f['dataset'] or ''))}</td><td>{f['year'] or ''}</td>"
        f"<td>{escape(f['check'])}</td><td>{escape(f['message'])}</td></tr>"
        for f in verification["findings"]
    )
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>ERCOT verification</title><table>{rows}</table></html>"
