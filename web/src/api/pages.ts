/** Lists come in pages, each naming the cursor of the next; the first has none. */
export const FIRST_PAGE: string | undefined = undefined;
