# SPDX-License-Identifier: Apache-2.0
"""Builds one mutant beside a finished build: one file is compiled, one archive gets it, and only the programs that
are asked for are linked, each when it is asked for. The build folder and the sources stay as they are.
"""
import json
import os
import shlex
import shutil
import subprocess

import watched


class Planter:
    """Knows how the build in `build_dir` compiles and links; keeps its own things in `home`."""

    def __init__(self, tree, build_dir, home, programs):
        self.tree, self.build_dir, self.home = tree, build_dir, home
        self.archive = None  # (the one of the build, the one with the mutant)
        with open(os.path.join(build_dir, "compile_commands.json"), encoding="utf-8") as file:
            self.compiles = {os.path.relpath(entry["file"], tree): entry["command"] for entry in json.load(file)}
        self.links = {name: self._link_of(name) for name in programs}

    def compile(self, mutant):
        """Makes the archive with the mutant in it. Returns whether the mutant compiles."""
        shutil.rmtree(self.home, ignore_errors=True)
        os.makedirs(os.path.join(self.home, "bin"))
        with open(os.path.join(self.tree, mutant.path), encoding="utf-8") as file:
            text = file.read()
        source = os.path.join(self.home, os.path.basename(mutant.path))
        with open(source, "w", encoding="utf-8") as file:
            file.write(text[:mutant.start] + mutant.replacement + text[mutant.end:])
        words = shlex.split(self.compiles[mutant.path])
        member = os.path.join(self.home, os.path.basename(words[words.index("-o") + 1]))
        words[words.index("-o") + 1] = member
        words[words.index("-c") + 1] = source
        # A variable that nothing reads any more is no reason to let the mutant go; and what ./dev sanitize
        # would see, an element behind the last one, is to be seen here too.
        if watched.run(words + ["-w", "-g0", "-D_GLIBCXX_ASSERTIONS"], self.build_dir).code != 0:
            return False
        folder = os.path.dirname(mutant.path)
        archive = f"{folder}/lib{folder.replace('broker/', 'faultline_')}.a"
        shutil.copy(os.path.join(self.build_dir, archive), self.home)
        copy = os.path.join(self.home, os.path.basename(archive))
        subprocess.run(["ar", "r", copy, member], check=True, stdout=subprocess.DEVNULL)
        self.archive = (archive, copy)
        return True

    def program(self, name):
        """Links the program of this name with the mutant. Returns its path."""
        path = os.path.join(self.home, "bin", name)
        if os.path.exists(path):
            return path
        archive, copy = self.archive
        command = self.links[name].replace(f" {archive} ", f" {copy} ").replace(f" -o bin/{name} ", f" -o {path} ")
        linked = watched.run(command, self.build_dir)
        if linked.code != 0 or not os.path.exists(path) or copy not in command:
            raise RuntimeError(f"cannot link {name} with the mutant\n{linked.output[-2000:]}")
        return path

    def links_it(self, name):
        """Whether the program has this mutant's archive in it at all."""
        return f" {self.archive[0]} " in self.links[name]

    def _link_of(self, name):
        return subprocess.run(["ninja", "-t", "commands", "-s", f"bin/{name}"], cwd=self.build_dir, check=True,
                              text=True, stdout=subprocess.PIPE).stdout.strip()
