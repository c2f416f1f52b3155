/** The nonce that lets this page's own style elements pass the policy; the server writes a new one into every page. */
export function styleNonce(): string {
  const found = document.querySelector("meta[name='csp-nonce']")?.getAttribute("content") ?? "";
  return found === "__CSP_NONCE__" ? "" : found;
}

/** Parts that write style elements while they lock scrolling look for the nonce under this name. */
export function shareNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
}
