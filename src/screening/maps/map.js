// Draws what screening.maps lays out: layers, legend, popups, labels. Text from the data only ever becomes
// text nodes, so that nothing in it can become markup.
"use strict";

// A frame that a page loads late may run its scripts before it has a size: wait for it.
// A frame that loads before it is laid out has no size yet; a map drawn then would show a few metres.
function screeningMap(map, told, tiles) {
  const container = map.getContainer();
  if (container.clientWidth > 0 && container.clientHeight > 0) { drawMap(map, told, tiles); return; }
  const watch = new ResizeObserver(() => {
    if (container.clientWidth === 0 || container.clientHeight === 0) { return; }
    watch.disconnect();
    map.invalidateSize({ animate: false });
    drawMap(map, told, tiles);
  });
  watch.observe(container);
}

function drawMap(map, told, tiles) {
  const box = map.getContainer();
  const start = () => { if (box.clientWidth && box.clientHeight) { drawScreeningMap(map, told, tiles); return true; } return false; };
  if (!start()) {
    const watch = new ResizeObserver(() => { if (start()) { watch.disconnect(); } });
    watch.observe(box);
  }
}

function drawScreeningMap(map, told, tiles) {
  const WIDE_PX = 720;
  const BLOCKED = 1e6;
  const isWide = map.getSize().x >= WIDE_PX;
  const isFramed = window.self !== window.top;
  const container = map.getContainer();
  const canvas = L.canvas({ padding: 0.3, tolerance: isWide ? 3 : 8 });

  function make(tag, className, text) {
    const node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function draw(parent, tag, attributes) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    parent.appendChild(node);
    return node;
  }

  // Diagonal lines on a light ground: told apart from a plain fill in greyscale too.
  function hatch(color) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.globalAlpha = 0.14;
    pen.fillStyle = color;
    pen.fillRect(0, 0, 8, 8);
    pen.globalAlpha = 0.75;
    pen.strokeStyle = color;
    pen.lineWidth = 1.4;
    pen.beginPath();
    [-8, 0, 8].forEach((x) => { pen.moveTo(x - 1, 9); pen.lineTo(x + 9, -1); });
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  }

  // A circle marker of another shape, so that heating is not told by colour alone.
  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) { return; }
      const { x, y } = this._point;
      const r = this._radius;
      const pen = renderer._ctx;
      pen.beginPath();
      if (this.options.mark === "square") {
        pen.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
      } else if (this.options.mark === "triangle") {
        pen.moveTo(x, y - 1.15 * r);
        pen.lineTo(x + 1.1 * r, y + 0.85 * r);
        pen.lineTo(x - 1.1 * r, y + 0.85 * r);
        pen.closePath();
      } else if (this.options.mark === "diamond") {
        pen.moveTo(x, y - 1.15 * r);
        pen.lineTo(x + 1.15 * r, y);
        pen.lineTo(x, y + 1.15 * r);
        pen.lineTo(x - 1.15 * r, y);
        pen.closePath();
      } else {
        pen.arc(x, y, r, 0, 2 * Math.PI);
      }
      renderer._fillStroke(pen, this);
    },
  });

  function path(style) {
    return {
      renderer: canvas,
      color: style.color,
      weight: style.weight,
      opacity: style.opacity,
      stroke: style.weight > 0,
      dashArray: style.dash || null,
      fill: Boolean(style.fill),
      fillColor: style.hatch ? hatch(style.fill) : style.fill,
      fillOpacity: style.hatch ? 1 : style.fillOpacity,
    };
  }

  const text = (index) => told.texts[index];

  function popup(layer, feature) {
    const box = make("div", "map-popup");
    box.appendChild(make("h3", "", text(feature.t)));
    const rows = make("dl");
    feature.r.forEach((value, index) => {
      rows.appendChild(make("dt", "", layer.fields[index]));
      rows.appendChild(make("dd", "", text(value)));
    });
    box.appendChild(rows);
    if (feature.h !== undefined) {
      const link = make("a", "", told.words.open);
      link.href = text(feature.h);
      link.addEventListener("click", (event) => {
        if (!isFramed) { return; }
        event.preventDefault();
        window.parent.postMessage({ openReport: text(feature.h) }, "*");
      });
      box.appendChild(link);
    }
    return box;
  }

  // Coordinates are whole millionths of a degree from the origin: latitude, longitude, latitude ...
  function points(flat) {
    const list = [];
    for (let i = 0; i < flat.length; i += 2) {
      list.push([told.origin[0] + flat[i] / 1e6, told.origin[1] + flat[i + 1] / 1e6]);
    }
    return list;
  }

  const popupSize = { minWidth: 190, maxWidth: Math.min(290, map.getSize().x - 90) };
  const marks = [];
  const labels = [];
  const groups = told.layers.map((layer) => {
    const group = L.layerGroup();
    const styles = layer.styles.map(path);
    const heads = [];
    layer.features.forEach((feature) => {
      const options = { ...styles[feature.s || 0], interactive: feature.t !== undefined };
      const shapes = [];
      if (feature.g) {
        shapes.push(L.polygon(feature.g.map((rings) => rings.map(points)), options));
        group.addLayer(shapes[0]);
      }
      if (feature.w) {
        shapes.push(L.polyline(feature.w.map(points), options));
        group.addLayer(shapes[0]);
      }
      if (feature.p) {
        const mark = new Mark(points(feature.p)[0], { ...options, mark: layer.mark, color: "#ffffff", weight: 1 });
        marks.push(mark);
        heads.push(mark);
        shapes.push(mark);
      }
      if (feature.t !== undefined) {
        shapes.forEach((shape) => shape.bindPopup(() => popup(layer, feature), popupSize));
      }
      if (feature.l !== undefined) {
        const tag = make("span", "map-tag map-tag-" + layer.key);
        if (layer.sign) { tag.appendChild(make("b", "", layer.sign)); }
        tag.appendChild(make("span", "", text(feature.l)));
        const at = points(feature.a)[0];
        const icon = L.divIcon({ html: tag, className: "map-label", iconSize: [0, 0] });
        labels.push({ tag, at: L.latLng(at), bounds: shapes[0].getBounds(), hasSign: Boolean(layer.sign) });
        group.addLayer(L.marker(at, { icon, interactive: false, keyboard: false }));
      }
    });
    heads.forEach((mark) => group.addLayer(mark)); // marks stand above all outlines
    return group;
  });

  // On a canvas what is added last lies on top: keep the order whatever is switched on and off.
  function order() {
    groups.forEach((group) => {
      if (!map.hasLayer(group)) { return; }
      group.eachLayer((shape) => { if (shape.bringToFront && shape.options.renderer) { shape.bringToFront(); } });
    });
  }

  function resize() {
    const zoom = map.getZoom();
    const radius = zoom < 13 ? 2 : zoom < 14.5 ? 3 : zoom < 15.75 ? 4 : zoom < 17 ? 3.5 : 5; // smaller once outlines tell
    marks.forEach((mark) => mark.setRadius(radius));
  }

  // Each label stands in its shape where there is room, else beside it, clear of other labels and, if it can
  // be, of other shapes. What still would lie on a label gives way; a sign (yes, no) stays without its name.
  function declutter() {
    const shown = labels.filter((label) => label.tag.isConnected);
    shown.forEach((label) => {
      const { min, max } = L.bounds([label.bounds.getNorthWest(), label.bounds.getSouthEast()].map((at) => map.latLngToContainerPoint(at)));
      const anchor = map.latLngToContainerPoint(label.at);
      Object.assign(label, { min: min.subtract(anchor), max: max.subtract(anchor), anchor });
      label.tag.classList.remove("map-tag-gone", "map-tag-short");
    });
    const taken = [];
    shown.forEach((label) => {
      const { tag } = label;
      const width = tag.offsetWidth + 4, height = tag.offsetHeight + 4;
      let best = cheapest(label, places(label, width, height), width, height, taken, shown);
      if (best.cost >= BLOCKED && label.hasSign) {
        tag.classList.add("map-tag-short");
        best = { x: 0, y: 0, width: tag.offsetWidth, height: tag.offsetHeight };
      } else if (best.cost >= BLOCKED) {
        tag.classList.add("map-tag-gone");
        return;
      }
      tag.style.left = best.x + "px";
      tag.style.top = best.y + "px";
      taken.push(rectangle(label, best, best.width || width, best.height || height));
    });
  }

  function rectangle({ anchor }, { x, y }, width, height) {
    const middle = anchor.add([x, y]), half = L.point(width / 2, height / 2);
    return L.bounds(middle.subtract(half), middle.add(half));
  }

  // Above, below, right and left of the shape; in a shape with room for the label, its middle comes first.
  function places({ min, max }, width, height) {
    const x = (min.x + max.x) / 2, y = (min.y + max.y) / 2;
    const beside = [{ x, y: min.y - height / 2 }, { x, y: max.y + height / 2 }, { x: max.x + width / 2, y }, { x: min.x - width / 2, y }];
    const hasRoom = max.x - min.x > 1.8 * width && max.y - min.y > 2.5 * height;
    return hasRoom ? [{ x: 0, y: 0 }, ...beside] : beside;
  }

  // Share of a label's box that covers the box of another shape.
  function overlap({ min, max, anchor }, box) {
    const width = Math.min(max.x + anchor.x, box.max.x) - Math.max(min.x + anchor.x, box.min.x);
    const height = Math.min(max.y + anchor.y, box.max.y) - Math.max(min.y + anchor.y, box.min.y);
    const size = box.getSize();
    return (Math.max(width, 0) * Math.max(height, 0)) / (size.x * size.y);
  }

  function cheapest(label, candidates, width, height, taken, shown) {
    const view = L.bounds([0, 0], map.getSize());
    const costs = candidates.map((place, index) => {
      const box = rectangle(label, place, width, height);
      if (taken.some((other) => other.overlaps(box))) { return { ...place, cost: BLOCKED }; }
      const covered = shown.reduce((sum, other) => sum + (other === label ? 0 : overlap(other, box)), 0);
      return { ...place, cost: 10 * covered + (view.contains(box) ? 0 : 25) + 0.4 * index };
    });
    return costs.reduce((best, place) => (place.cost < best.cost ? place : best));
  }

  function swatch(layer, style) {
    const image = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    Object.entries({ width: 26, height: 16, "aria-hidden": "true" }).forEach(([k, v]) => image.setAttribute(k, v));
    const ink = { fill: style.fill || "none", "fill-opacity": style.fillOpacity, stroke: style.color, "stroke-width": style.weight,
      "stroke-dasharray": style.dash || "none" };
    const mark = { fill: style.fill, stroke: "#ffffff", "stroke-width": 1 };
    if (layer.mark === "circle") {
      draw(image, "circle", { cx: 13, cy: 8, r: 5.5, ...mark });
    } else if (layer.mark === "square") {
      draw(image, "rect", { x: 8, y: 3, width: 10, height: 10, ...mark });
    } else if (layer.mark === "triangle") {
      draw(image, "path", { d: "M13 1.5 19 13 7 13Z", ...mark });
    } else if (layer.mark === "diamond") {
      draw(image, "path", { d: "M13 1.5 19.5 8 13 14.5 6.5 8Z", ...mark });
    } else if (layer.isLine) {
      draw(image, "path", { d: "M1 8H25", ...ink });
    } else {
      draw(image, "rect", { x: 2, y: 2, width: 22, height: 12, rx: 1, ...ink });
      if (style.hatch) { draw(image, "path", { d: "M4 13 13 3M10 13 19 3M16 13 23 5", stroke: style.color, "stroke-width": 1.2 }); }
    }
    return image;
  }

  function scaleOf(layer) {
    const list = make("ol", "map-scale");
    layer.classes.forEach((name, index) => {
      const item = make("li", index === layer.criterion ? "map-criterion" : "");
      item.appendChild(swatch({}, layer.styles[index]));
      item.appendChild(make("span", "", name));
      list.appendChild(item);
    });
    const box = make("div");
    box.appendChild(list);
    box.appendChild(make("p", "map-remark", layer.remark));
    return box;
  }

  function entry(layer, group) {
    const line = make("div", "map-entry");
    const label = make("label");
    const box = make("input");
    box.type = "checkbox";
    box.checked = layer.on;
    box.value = layer.key;
    label.append(box, swatch(layer, layer.styles[layer.shown || 0]), make("span", "", layer.name));
    if (layer.count) { label.appendChild(make("small", "", layer.count)); }
    line.appendChild(label);
    const scale = layer.classes ? line.appendChild(scaleOf(layer)) : null;
    const show = () => {
      if (box.checked) { group.addTo(map); } else { group.remove(); }
      if (scale) { scale.hidden = !box.checked; }
    };
    box.addEventListener("change", () => { show(); order(); declutter(); });
    show();
    return line;
  }

  function addControl(position, node) {
    const control = L.control({ position });
    control.onAdd = () => { L.DomEvent.disableClickPropagation(node); L.DomEvent.disableScrollPropagation(node); return node; };
    control.addTo(map);
  }

  function addTitle() {
    const box = make("div", "map-title");
    box.appendChild(make("h1", "", told.title));
    box.appendChild(make("p", "", told.subtitle));
    if (told.badge) { box.appendChild(make("strong", "map-badge", told.badge)); }
    addControl("topleft", box);
    return box;
  }

  function addButtons(whole) {
    L.control.zoom({ zoomInTitle: told.words.zoom_in, zoomOutTitle: told.words.zoom_out }).addTo(map);
    const box = make("div", "leaflet-bar");
    const button = make("button", "map-whole");
    button.type = "button";
    button.title = told.words.whole;
    button.setAttribute("aria-label", told.words.whole);
    const image = draw(button, "svg", { width: 16, height: 16, "aria-hidden": "true" });
    draw(image, "path", { d: "M1 5V1H5M11 1H15V5M15 11V15H11M5 15H1V11", fill: "none", stroke: "currentColor", "stroke-width": 2 });
    button.addEventListener("click", whole);
    box.appendChild(button);
    addControl("topleft", box);
  }

  // Inside a page the wheel and one finger belong to the page until the map is used.
  function keepThePageScrolling() {
    if (!isFramed) { return; }
    map.scrollWheelZoom.disable();
    map.on("click", () => map.scrollWheelZoom.enable());
    container.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
    if (L.Browser.mobile) { map.dragging.disable(); }
  }

  const panel = make("details", "map-panel");
  panel.open = isWide;
  panel.appendChild(make("summary", "", told.words.legend));
  const entries = told.layers.map((layer, index) => entry(layer, groups[index]));
  told.legend.forEach((index) => panel.appendChild(entries[index]));

  function whole() {
    const side = isWide ? 24 : 12;
    const right = side + (panel.open && isWide ? panel.offsetWidth + 10 : 0);
    // Keep clear of the title: below it or beside it, whichever shows the area larger.
    const places = [[side, title.offsetHeight + side], [title.offsetWidth + side, side]];
    const zooms = places.map(([x, y]) => map.getBoundsZoom(told.bounds, false, L.point(x + right, y + side + 20)));
    const topLeft = zooms[1] > zooms[0] ? places[1] : places[0];
    isOurMove = true;
    map.fitBounds(told.bounds, { paddingTopLeft: topLeft, paddingBottomRight: [right, side + 20], animate: false });
    isOurMove = false;
  }

  if (tiles) {
    map.options.zoomSnap = 1;
    const credit = make("span", "", tiles.attribution).innerHTML; // escaped by the browser itself
    L.tileLayer(tiles.url, { attribution: credit, maxZoom: map.getMaxZoom(), opacity: 0.75 }).addTo(map);
  }
  const title = addTitle();
  addButtons(whole);
  addControl("topright", panel);
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  map.attributionControl.setPrefix(false).addAttribution(make("span", "", told.source).innerHTML);
  let isOurMove = false, isMoved = false;
  map.on("movestart", () => { isMoved = isMoved || !isOurMove; });
  map.on("resize", () => { if (!isMoved) { whole(); } });
  whole();
  isMoved = false;
  order();
  resize();
  declutter();
  map.on("zoomend", () => { resize(); declutter(); });
  keepThePageScrolling();
}
