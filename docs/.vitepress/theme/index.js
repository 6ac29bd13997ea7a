// No font is fetched, and none is brought: the reader's own are used.
import DefaultTheme from 'vitepress/theme-without-fonts';

import './style.css';

export default DefaultTheme;
