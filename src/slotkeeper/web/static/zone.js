// Shows the page in the zone of the visitor's browser. Without it, the page is in its own zone,
// and the visitor can choose another.
const shown = document.documentElement.dataset.zone;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (own && own !== shown) {
  const address = new URL(location.href);
  address.searchParams.set("zone", own);
  location.replace(address);
}
