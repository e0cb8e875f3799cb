// Makes the rich-text editor fit the portal: no style element of its own (the content policy forbids it; the rules stand
// in css/editor.css), and a name and description for whoever does not see its label. Loaded before the editor.
const marker = document.createElementNS(null, "style"); // of no namespace, so no style: the editor only looks for it
marker.setAttribute("data-tiptap-style", "");
document.head.append(marker);

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const box = editor.view.dom;
  label.id ||= `${textarea.id}-label`;
  box.setAttribute("role", "textbox");
  box.setAttribute("aria-multiline", "true");
  box.setAttribute("aria-labelledby", label.id);
  label.addEventListener("click", () => editor.commands.focus());
});

// What comes from a word processor: its lists become lists, its own marks go, pictures that lie elsewhere stay there.
const clean = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const one of page.querySelectorAll("style, script, meta, link, xml, title")) one.remove();
  for (const picture of page.querySelectorAll("img")) {
    if (!/^\/n\/[\w-]+\/files\/[0-9a-f-]{36}\/$/.test(picture.getAttribute("src") ?? "")) picture.remove();
  }
  let list = null;
  for (const line of page.querySelectorAll("p")) {
    if (!/mso-list:\s*l\d/i.test(line.getAttribute("style") ?? "")) {
      if (line.textContent.trim()) list = null;
      continue;
    }
    const mark = line.querySelector('[style*="mso-list:Ignore" i]');
    const tag = /^\s*[\dA-Za-z]{1,3}[.)]/.test(mark?.textContent ?? "") ? "ol" : "ul";
    mark?.remove();
    if (list?.localName !== tag || list.nextElementSibling !== line) {
      list = page.createElement(tag);
      line.before(list);
    }
    const point = page.createElement("li");
    const words = page.createElement("p");
    words.append(...line.childNodes);
    point.append(words);
    list.append(point);
    line.remove();
  }
  return page.body.innerHTML;
};
document.addEventListener("prose-editor:ready", ({ detail: { editor } }) => {
  editor.setOptions({ editorProps: { ...editor.options.editorProps, transformPastedHTML: clean } });
});
