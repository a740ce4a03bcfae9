/** The colours of the button in a mail: its background and its words, each as `#rrggbb`. */
export interface ButtonColors {
  readonly accent: string
  readonly onAccent: string
}

/** The application's colours, for light and for dark screens. */
export interface MailColors {
  readonly light: ButtonColors
  readonly dark: ButtonColors
}

export const ownColors: MailColors = {
  light: { accent: '#1f4fd8', onAccent: '#ffffff' },
  dark: { accent: '#93b1ff', onAccent: '#0e1015' },
}

/** The colours that are the same for every application. */
export const paper = {
  light: { desk: '#f2f4f8', card: '#ffffff', line: '#dfe3ec', ink: '#161a24', quiet: '#566074' },
  dark: { desk: '#0e1015', card: '#171a22', line: '#2c313e', ink: '#e7eaf2', quiet: '#a1a9bb' },
}

// WCAG 2.2, 1.4.3.
const leastContrast = 4.5

/** @throws RangeError for an invalid colour, or a button with too little contrast */
export function requireReadable(colors: MailColors): void {
  for (const theme of ['light', 'dark'] as const) {
    const { accent, onAccent } = colors[theme]
    for (const color of [accent, onAccent]) {
      // SECURITY: the colour is written into a style, in which quotes and brackets would have a meaning.
      if (!/^#[0-9a-f]{6}$/i.test(color))
        throw new RangeError(`${color} is not a colour like #1f4fd8`)
    }
    const contrast = contrastOf(accent, onAccent)
    if (contrast >= leastContrast) continue
    throw new RangeError(
      `In ${theme} mails the button is hard to read: ${onAccent} on ${accent} is a contrast of ${contrast.toFixed(2)}, and ${leastContrast} is the least`,
    )
  }
}

// From 1 to 21 (WCAG 2.2, "contrast ratio").
function contrastOf(one: string, other: string): number {
  const [a, b] = [luminanceOf(one), luminanceOf(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

function luminanceOf(color: string): number {
  const linear = (at: number) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5)
}
