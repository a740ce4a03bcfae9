/** What this application is called, as `index.html` and `icon.svg` say it too. */
export const name = 'Projects'
