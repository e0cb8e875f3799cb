// Words that are selected beside a remark's button are what the remark is about; without this it is the paragraph.
for (const link of document.querySelectorAll("[data-remark]")) {
  link.addEventListener("click", () => {
    const chosen = getSelection();
    const words = chosen.toString().trim();
    if (words && link.parentElement.contains(chosen.anchorNode)) sessionStorage.setItem("remark-words", words);
    else sessionStorage.removeItem("remark-words");
  });
}
const field = document.querySelector("#remark-form textarea[name='quote']");
const words = sessionStorage.getItem("remark-words");
sessionStorage.removeItem("remark-words");
if (field && words && !field.closest("form").querySelector(".field-error")) field.value = words;
