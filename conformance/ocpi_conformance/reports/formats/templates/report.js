"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;
  const LARGEST = 60000;

  const indented = (text) => {
    try {
      // Numbers would lose digits when parsed, so only the white space is made again.
      JSON.parse(text);
    } catch {
      return text;
    }
    if (text.includes("\n")) return text;
    let out = "", depth = 0;
    for (const part of text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) || []) {
      const line = () => "\n" + "  ".repeat(depth);
      if (part === "{" || part === "[") { depth += 1; out += part + line(); }
      else if (part === "}" || part === "]") { depth -= 1; out = /[{[]\s*$/.test(out) ? out.trimEnd() + part : out + line() + part; }
      else out += part === "," ? part + line() : part === ":" ? ": " : part;
    }
    return out;
  };

  const span = (text, name) => {
    const made = document.createElement("span");
    made.className = name;
    made.textContent = text;
    return made;
  };

  const highlight = (pre) => {
    const text = pre.textContent;
    if (text.length > LARGEST || !/^\s*[{[]/.test(text)) return;
    const json = indented(text), made = document.createDocumentFragment();
    let at = 0;
    for (const found of json.matchAll(TOKEN)) {
      made.append(json.slice(at, found.index));
      const [all, string, colon] = found;
      if (string === undefined) made.append(span(all, /^[tfn]/.test(all) ? "word" : "number"));
      else made.append(span(string, colon ? "key" : "string"), colon || "");
      at = found.index + all.length;
    }
    made.append(json.slice(at));
    pre.replaceChildren(made);
  };

  const copy = async (button) => {
    const pre = button.previousElementSibling;
    getSelection().selectAllChildren(pre);
    try {
      await navigator.clipboard.writeText(pre.textContent);
    } catch {
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  // A body is highlighted when it comes into view: a report may have thousands.
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      highlight(target);
    }
  }, { rootMargin: "50%" });
  document.querySelectorAll("pre.body").forEach((one) => seen.observe(one));

  document.addEventListener("click", (event) => {
    if (event.target.matches(".copy")) copy(event.target);
  });
  document.querySelectorAll(".copy").forEach((one) => { one.hidden = false; });

  const form = byId("filter");
  if (form) {
    const findings = [...byId("list").children];
    const search = byId("search"), selects = ["severity", "module", "rule"].map(byId);
    let texts = null, waiting = 0;

    const apply = () => {
      waiting = 0;
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length && !texts) texts = findings.map((one) => one.textContent.toLowerCase());
      const [severity, module, rule] = selects.map((one) => one.value);
      let count = 0;
      findings.forEach((one, index) => {
        const fits = (!severity || one.dataset.severity === severity)
          && (!module || one.dataset.modules.split("|").includes(module))
          && (!rule || one.dataset.rules.split("|").includes(rule))
          && words.every((word) => texts[index].includes(word));
        if (one.hidden === fits) one.hidden = !fits;
        count += fits;
      });
      byId("count").textContent = count === findings.length ? `${count}` : `${count} of ${findings.length}`;
      byId("nothing").hidden = count > 0;
    };
    const soon = () => { waiting = waiting || setTimeout(apply, 60); };

    search.addEventListener("input", soon);
    selects.forEach((one) => one.addEventListener("change", apply));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    byId("open").addEventListener("click", () => findings.forEach((one) => { one.open = !one.hidden || one.open; }));
    byId("close").addEventListener("click", () => findings.forEach((one) => { one.open = false; }));
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        search.focus();
      } else if (event.key === "Escape" && event.target === search) {
        search.value = "";
        apply();
      }
    });
    form.hidden = false;
    apply();
  }

  const linked = location.hash && document.getElementById(location.hash.slice(1));
  if (linked && linked.tagName === "DETAILS") linked.open = true;
})();
