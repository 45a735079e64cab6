
// Filters the table of breaks by hiding rows. Without it, all of them stand there.
(() => {
  const form = document.getElementById("filter");
  const rows = [...document.getElementById("break-rows").rows].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
  }));
  const filter = () => {
    const { reason, currency, status, text, shown } = form.elements;
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { row, text } of rows) {
      row.hidden = !(
        (!reason.value || row.dataset.reason === reason.value) &&
        (!currency.value || row.dataset.currency.split(" ").includes(currency.value)) &&
        (!status.value || row.dataset.status === status.value) &&
        words.every((word) => text.includes(word))
      );
      if (!row.hidden) count += 1;
    }
    shown.value = count === rows.length ? "" : `${count} of ${rows.length} shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
