/** The same act, which fails in silence: a shop's page must never break by what watches it. */
export const safe = (act) => (...given) => { try { return act(...given); } catch (wrong) {} }; // prettier-ignore
