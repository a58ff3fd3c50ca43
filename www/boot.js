// Starts the page's WebAssembly. A file of its own because the content security policy allows no inline script.
const { js, wasm } = document.getElementById("boot").dataset;
try {
  const { default: init } = await import(new URL(js, document.baseURI));
  await init({ module_or_path: new URL(wasm, document.baseURI) });
} catch (error) {
  // The page itself can say nothing when it did not start.
  const note = document.createElement("p");
  note.setAttribute("role", "alert");
  note.textContent = `RecTune could not start: ${error}. It needs a browser from 2023 or later; after an update, reload the page.`;
  document.body.append(note);
  throw error;
}
