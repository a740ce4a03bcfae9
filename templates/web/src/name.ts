/** The name of this application; `index.html` and `icon.svg` have it too. */
export const name = 'Projects'
