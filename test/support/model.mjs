// A model that never thinks, on the loopback interface, in the dialects of four agents: OpenAI Responses and Chat
// Completions, Anthropic Messages, Gemini generateContent. `node model.mjs PORTFILE LOGFILE COMMAND`: it asks once for
// COMMAND in a shell, then says "done". Every request is appended to LOGFILE.
import http from 'node:http';
import fs from 'node:fs';
const [portfile, log, command] = process.argv.slice(2);
const sse = (res, events, named) => {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const e of events)
    res.write(`${named ? `event: ${e.type}\n` : ''}data: ${typeof e === 'string' ? e : JSON.stringify(e)}\n\n`);
  res.end();
};
const json = (res, v) => {
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(JSON.stringify(v));
};
const server = http.createServer((req, res) => {
  let body = '';
  req.on('data', (d) => {
    body += d;
  });
  req.on('end', () => {
    fs.appendFileSync(log, JSON.stringify({ method: req.method, url: req.url, body }) + '\n');
    let b = {};
    try {
      b = JSON.parse(body);
    } catch {
      /* not JSON */
    }
    const url = req.url.split('?')[0];
    if (url.endsWith('/responses')) {
      // Codex
      const answered = JSON.stringify(b.input ?? '').includes('function_call_output');
      const names = (b.tools ?? []).map((t) => t.name ?? t.type);
      const item =
        answered || !names.length
          ? { type: 'message', role: 'assistant', id: 'm1', content: [{ type: 'output_text', text: 'done' }] }
          : names.includes('exec_command')
            ? {
                type: 'function_call',
                id: 'f1',
                call_id: 'c1',
                name: 'exec_command',
                arguments: JSON.stringify({ cmd: command }),
              }
            : names.includes('shell_command')
              ? {
                  type: 'function_call',
                  id: 'f1',
                  call_id: 'c1',
                  name: 'shell_command',
                  arguments: JSON.stringify({ command }),
                }
              : {
                  type: 'function_call',
                  id: 'f1',
                  call_id: 'c1',
                  name: 'shell',
                  arguments: JSON.stringify({ command: ['bash', '-lc', command] }),
                };
      return sse(
        res,
        [
          { type: 'response.created', response: { id: 'r1' } },
          { type: 'response.output_item.done', output_index: 0, item },
          {
            type: 'response.completed',
            response: {
              id: 'r1',
              usage: {
                input_tokens: 1,
                input_tokens_details: null,
                output_tokens: 1,
                output_tokens_details: null,
                total_tokens: 2,
              },
            },
          },
        ],
        true,
      );
    }
    if (url.endsWith('/chat/completions')) {
      // Copilot CLI
      const answered = (b.messages ?? []).some((m) => m.role === 'tool'),
        names = (b.tools ?? []).map((t) => t.function?.name);
      const call = !answered && names.includes('bash');
      const delta = call
        ? {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                index: 0,
                id: 'c1',
                type: 'function',
                function: { name: 'bash', arguments: JSON.stringify({ command, description: 'runs it' }) },
              },
            ],
          }
        : { role: 'assistant', content: 'done' };
      const base = { id: 'x', object: 'chat.completion.chunk', created: 1, model: b.model ?? 'm' };
      if (b.stream === false || b.stream === undefined)
        return json(res, {
          id: 'x',
          object: 'chat.completion',
          created: 1,
          model: b.model ?? 'm',
          choices: [
            {
              index: 0,
              finish_reason: call ? 'tool_calls' : 'stop',
              message: call
                ? {
                    role: 'assistant',
                    content: null,
                    tool_calls: delta.tool_calls.map((t) => ({ ...t, index: undefined })),
                  }
                : delta,
            },
          ],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        });
      return sse(res, [
        { ...base, choices: [{ index: 0, delta, finish_reason: null }] },
        {
          ...base,
          choices: [{ index: 0, delta: {}, finish_reason: call ? 'tool_calls' : 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        },
        '[DONE]',
      ]);
    }
    if (url.endsWith('/messages/count_tokens')) return json(res, { input_tokens: 1 });
    if (url.endsWith('/messages')) {
      // Claude Code
      const answered = JSON.stringify(b.messages ?? '').includes('"tool_result"'),
        names = (b.tools ?? []).map((t) => t.name);
      const call = !answered && names.includes('Bash');
      const block = call ? { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} } : { type: 'text', text: '' };
      const delta = call
        ? { type: 'input_json_delta', partial_json: JSON.stringify({ command, description: 'runs it' }) }
        : { type: 'text_delta', text: 'done' };
      const message = {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: b.model ?? 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      };
      if (!b.stream)
        return json(res, {
          ...message,
          content: [call ? { ...block, input: { command, description: 'runs it' } } : { type: 'text', text: 'done' }],
          stop_reason: call ? 'tool_use' : 'end_turn',
        });
      return sse(
        res,
        [
          { type: 'message_start', message },
          { type: 'content_block_start', index: 0, content_block: block },
          { type: 'content_block_delta', index: 0, delta },
          { type: 'content_block_stop', index: 0 },
          {
            type: 'message_delta',
            delta: { stop_reason: call ? 'tool_use' : 'end_turn', stop_sequence: null },
            usage: { output_tokens: 1 },
          },
          { type: 'message_stop' },
        ],
        true,
      );
    }
    if (/[gG]enerateContent$/.test(url)) {
      // Gemini CLI
      const answered = JSON.stringify(b.contents ?? '').includes('functionResponse');
      const names = (b.tools ?? []).flatMap((t) => t.functionDeclarations ?? []).map((f) => f.name);
      const part =
        !answered && names.includes('run_shell_command')
          ? { functionCall: { name: 'run_shell_command', args: { command, description: 'runs it' } } }
          : { text: b.generationConfig?.responseMimeType === 'application/json' ? '{}' : 'done' };
      const v = {
        candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
      };
      return url.includes('stream') ? sse(res, [v]) : json(res, v);
    }
    if (url.endsWith('countTokens')) return json(res, { totalTokens: 1 });
    if (url.endsWith('/models'))
      return json(res, { object: 'list', data: [{ id: 'm', object: 'model', created: 1, owned_by: 'x' }] });
    res.writeHead(404, { 'content-type': 'application/json' });
    res.end('{"error":{"message":"not here"}}');
  });
});
server.listen(0, '127.0.0.1', () => fs.writeFileSync(portfile, String(server.address().port)));
process.on('SIGTERM', () => process.exit());
setTimeout(() => process.exit(), 300000).unref();
