// The REST APIs of this server, as it describes them itself at /openapi.json.
import 'rapidoc';

const dark = matchMedia('(prefers-color-scheme: dark)');
const viewer = document.createElement('rapi-doc');

const settings: Record<string, string> = {
  'spec-url': '/openapi.json',
  'render-style': 'read',
  'show-header': 'false',
  'load-fonts': 'false',
  'regular-font': 'system-ui, sans-serif',
  'mono-font': 'ui-monospace, monospace',
  'allow-server-selection': 'false',
  'show-method-in-nav-bar': 'as-colored-text',
  'schema-description-expanded': 'true',
};
for (const [name, value] of Object.entries(settings)) {
  viewer.setAttribute(name, value);
}

function followTheme(): void {
  viewer.setAttribute('theme', dark.matches ? 'dark' : 'light');
  viewer.setAttribute('primary-color', dark.matches ? '#4fc3a7' : '#0b6e5b');
}

dark.addEventListener('change', followTheme);
followTheme();
document.body.append(viewer);
