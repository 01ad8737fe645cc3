/** ln 2 in two parts; the first has 9 bits, so that its products with exponents are exact. */
export const ln2High = 0.693359375
export const ln2Low = -0.00021219444005469057
