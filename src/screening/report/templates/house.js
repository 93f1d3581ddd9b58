// What would my house pay: straight lines between points that come with the page, nothing is fetched.
for (const box of document.querySelectorAll(".calculator")) {
  const { lines, compared, standard, bounds, words } = JSON.parse(box.dataset.prices);
  const language = document.documentElement.lang;
  const [area, heat] = box.querySelectorAll("input");
  const told = box.querySelector(".calculator-told");
  const write = (value, digits = 0) =>
    value.toLocaleString(language, { maximumFractionDigits: digits, useGrouping: "always" }).replace("-", "−");
  // 1.234,5 in Danish and 1,234.5 in English; a single comma or point is a decimal sign in both.
  const read = (text) => {
    const plain = text.replace(/\s/g, "").replace("−", "-");
    const grouped = language === "da" ? /^-?\d{1,3}([.]\d{3})+(,\d+)?$/ : /^-?\d{1,3}(,\d{3})+([.]\d+)?$/;
    const whole = grouped.test(plain) ? plain.replace(language === "da" ? /[.]/g : /,/g, "") : plain;
    return /^-?(\d+([.,]\d*)?|[.,]\d+)$/.test(whole) ? Number(whole.replace(",", ".")) : NaN;
  };
  const bill = ({ points, per_m2: perArea }, m2, mwh) => {
    const next = points.findIndex(([x]) => x >= mwh);
    const last = next < 0 ? points.length - 1 : Math.max(next, 1);
    const [[x0, y0], [x1, y1]] = [points[last - 1], points[last]];
    return y0 + ((mwh - x0) / (x1 - x0)) * (y1 - y0) + perArea * m2;
  };
  const faultOf = (m2, mwh) => {
    const given = [m2, mwh].filter((value) => value !== null);
    if (given.length === 0) return words.empty;
    if (given.some(Number.isNaN)) return words.no_number;
    if (given.some((value) => value <= 0)) return words.not_above_zero;
    if (m2 > bounds.area) return words.large_area;
    const specific = given.length === 2 ? (mwh * 1000) / m2 : bounds.low;
    if (mwh > bounds.heat || specific > bounds.high) return words.large_heat;
    return specific < bounds.low ? words.small_heat : "";
  };
  const show = () => {
    let [m2, mwh] = [area, heat].map((input) => (input.value.trim() === "" ? null : read(input.value)));
    const fault = faultOf(m2, mwh);
    box.classList.toggle("calculator-fault", fault !== "");
    for (const input of [area, heat]) input.setAttribute("aria-invalid", fault !== "");
    for (const row of box.querySelectorAll("tbody tr")) {
      delete row.dataset.dkk;
      for (const cell of row.querySelectorAll("td")) cell.textContent = "–";
    }
    told.textContent = fault;
    if (fault) return;
    const filled = m2 === null ? words.filled_area : mwh === null ? words.filled_heat : "";
    const value = m2 === null ? (m2 = (mwh * standard.area) / standard.heat) : (mwh ??= (m2 * standard.heat) / standard.area);
    const bills = Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, bill(line, m2, mwh)]));
    const own = Math.round(bills.district_heating);
    for (const row of box.querySelectorAll("tbody tr")) {
      const name = row.dataset.alternative;
      const [year, month, more] = row.querySelectorAll("td");
      const difference = Math.round(bills[name]) - own;
      row.dataset.dkk = bills[name];
      year.textContent = write(bills[name]);
      month.textContent = write(bills[name] / 12);
      more.textContent = name === "district_heating" ? "" : (difference > 0 ? "+" : "") + write(difference);
    }
    const best = compared.reduce((a, b) => (bills[b] < bills[a] ? b : a));
    const saving = Math.round(bills[best]) - own;
    told.textContent = (saving > 0 ? words.cheaper : words.dearer)
      .replace("{difference}", write(Math.abs(saving))).replace("{alternative}", words[best])
      + (filled && " " + filled.replace("{value}", write(value, 1)));
  };
  for (const input of [area, heat]) input.addEventListener("input", show);
  box.hidden = false;
  show();
}
