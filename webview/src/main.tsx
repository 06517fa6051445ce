import './ui/theme/styles';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './ui/app';
import { createDaemon } from './ui/daemon/daemon';
import { createRoutes } from './ui/routes';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <App daemon={createDaemon()} router={createRoutes()} />
  </StrictMode>,
);
