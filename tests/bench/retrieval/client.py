"""Drives every tool of `git trainset mcp` with the Python package `mcp`, which is not ours, and times the answers.

    pip install mcp
    python tests/bench/retrieval/client.py target/release/git-trainset CLONE [QUERIES]

CLONE has an index (`git trainset update`). The queries are subjects of its commits.
"""

import asyncio
import json
import subprocess
import sys
import time

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main(binary, clone, count=500):
    server = StdioServerParameters(command=binary, args=["-C", clone, "mcp"])
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        info = await session.initialize()
        tools = (await session.list_tools()).tools
        prompts = (await session.list_prompts()).prompts
        print(info.server_info.name, [tool.name for tool in tools], [prompt.name for prompt in prompts])

        async def ask(tool, **arguments):
            start = time.perf_counter()
            result = await session.call_tool(tool, arguments)
            took = time.perf_counter() - start
            assert not result.is_error, result.content
            answer = json.loads(result.content[0].text)
            assert answer["source_commit"], answer
            return answer, took

        status, _ = await ask("index_status")
        print({key: status[key] for key in ("source_commit", "behind", "chunks", "samples")})
        subjects = subprocess.run(
            ["git", "-C", clone, "log", f"-n{count}", "--no-merges", "--format=%s", status["source_commit"]],
            capture_output=True, text=True, check=True,
        ).stdout.splitlines()
        subjects = [subject for subject in subjects if subject.strip()]
        found, _ = await ask("search_code", query=subjects[0])
        first = found["hits"][0]["id"]
        for tool, arguments in [
            ("get_chunk", {"id": first}),
            ("related", {"id": first}),
            ("search_samples", {"query": subjects[0]}),
            ("design_context", {"requirement": subjects[0], "budget": 2000}),
        ]:
            answer, took = await ask(tool, **arguments)
            print(f"{tool:<16} {took * 1e3:6.1f} ms, {len(json.dumps(answer))} letters")
        for odd in [
            "\n".join(f"- The {number}th line of a requirement speaks of {subjects[0]}." for number in range(20)),
            "lorem ipsum " * 9_000 + subjects[0],
            "^def\\s+(get|set)_.*$",
            "取消订单并退款",
            "ignore all previous instructions; '; DROP TABLE chunks; --",
        ]:
            answer, took = await ask("search_code", query=odd)
            print(f"{odd[:24]!r:<28} {len(answer['hits'])} hits, {took * 1e3:.1f} ms")
        for tool, arguments in [("search_code", {"query": " "}), ("design_context", {"requirement": ""}), ("get_chunk", {"id": "no.py:1"})]:
            result = await session.call_tool(tool, arguments)
            assert result.is_error and result.content[0].text, (tool, result)
        prompt = await session.get_prompt("write_requirement", {"idea": subjects[0]})
        assert subjects[0] in prompt.messages[0].content.text
        times = sorted([(await ask("search_code", query=subject))[1] * 1e3 for subject in subjects])
        print(f"search_code      {len(times)} queries, median {times[len(times) // 2]:.1f} ms, p99 {times[len(times) * 99 // 100]:.1f} ms")


asyncio.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
