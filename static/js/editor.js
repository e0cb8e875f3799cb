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
