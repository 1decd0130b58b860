# SPDX-License-Identifier: MIT
"""What a release is made with, as far as it needs no compilers: the image, the bill of materials, the
signature. `./dev release --check` is the test of the rest.

No validator of SPDX is among Debian's packages; the one here knows what the specification demands of
the kinds of elements that are used, and that everything they refer to is there.
"""
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
PACKAGING = os.path.join(TOP, "packaging")
EPOCH = 1700000000
CREATED = "2023-11-14T22:13:20Z"
OCI = "application/vnd.oci.image."


def architectures():
    with open(os.path.join(PACKAGING, "architectures")) as file:
        return [line.split() for line in file if not line.startswith("#")]


class Packaging(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)

    def write(self, name, content):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def call(self, tool, *arguments, **options):
        return subprocess.run([os.path.join(PACKAGING, tool), *arguments], check=True,
                              env=dict(os.environ, SOURCE_DATE_EPOCH=str(EPOCH)), **options)


class Image(Packaging):
    """Held to the specification of the OCI's image layout, index, manifest and configuration."""

    def setUp(self):
        super().setUp()
        for row in architectures():
            self.write("dinit-su-linux-" + row[0], row[0].encode())
        self.layout = os.path.join(self.directory, "layout")
        self.call("image", self.directory, self.layout)

    def blob(self, descriptor):
        kind, _, digest = descriptor["digest"].partition(":")
        self.assertEqual(kind, "sha256")
        with open(os.path.join(self.layout, "blobs/sha256", digest), "rb") as file:
            content = file.read()
        self.assertEqual(hashlib.sha256(content).hexdigest(), digest)
        self.assertEqual(descriptor["size"], len(content))
        self.used.add(digest)
        return content

    def index(self):
        self.used = set()
        with open(os.path.join(self.layout, "oci-layout")) as file:
            self.assertEqual(json.load(file), {"imageLayoutVersion": "1.0.0"})
        with open(os.path.join(self.layout, "index.json")) as file:
            top = json.load(file)
        self.assertEqual(top["schemaVersion"], 2)
        only, = top["manifests"]
        self.assertEqual(only["mediaType"], OCI + "index.v1+json")
        self.assertEqual(only["annotations"], {"org.opencontainers.image.ref.name": "dinit-su"})
        index = json.loads(self.blob(only).decode())
        self.assertEqual((index["schemaVersion"], index["mediaType"]),
                         (2, OCI + "index.v1+json"))
        return index

    def test_index_has_an_image_for_each_architecture(self):
        wanted = [{"architecture": row[4], "os": "linux",
                   **({} if row[5] == "-" else {"variant": row[5]})} for row in architectures()]
        self.assertEqual([entry["platform"] for entry in self.index()["manifests"]], wanted)

    def test_each_image_is_the_binary_alone_run_by_nobody(self):
        for row, entry in zip(architectures(), self.index()["manifests"]):
            self.assertEqual(entry["mediaType"], OCI + "manifest.v1+json")
            manifest = json.loads(self.blob(entry).decode())
            self.assertEqual(manifest["config"]["mediaType"], OCI + "config.v1+json")
            config = json.loads(self.blob(manifest["config"]).decode())
            layer, = manifest["layers"]
            self.assertEqual(layer["mediaType"], OCI + "layer.v1.tar")
            content = self.blob(layer)
            self.assertEqual(config["rootfs"], {"type": "layers", "diff_ids": [layer["digest"]]})
            self.assertEqual((config["created"], config["architecture"], config["os"]),
                             (CREATED, row[4], "linux"))
            self.assertEqual(config["config"]["User"], "65534:65534")
            self.assertEqual(config["config"]["Entrypoint"], ["/sbin/dinit-su"])
            self.assertEqual(config["config"]["Labels"]["org.opencontainers.image.licenses"],
                             "MIT")
            with tarfile.open(fileobj=io.BytesIO(content)) as tar:
                self.assertEqual([(member.name, oct(member.mode), member.uid, member.gid,
                                   member.mtime) for member in tar],
                                 [("sbin", "0o755", 0, 0, EPOCH),
                                  ("sbin/dinit-su", "0o755", 0, 0, EPOCH)])
                self.assertEqual(tar.extractfile("sbin/dinit-su").read(), row[0].encode())
        self.assertEqual(sorted(os.listdir(os.path.join(self.layout, "blobs/sha256"))),
                         sorted(self.used), "blobs that nothing refers to")

    def test_skopeo_reads_it(self):
        if not shutil.which("skopeo"):
            self.skipTest("skopeo is not installed")
        for row in architectures():
            ended = subprocess.run(
                ["skopeo", "--override-os", "linux", "--override-arch", row[4], "inspect",
                 "oci:%s:dinit-su" % self.layout], check=True, stdout=subprocess.PIPE)
            self.assertEqual(json.loads(ended.stdout.decode())["Architecture"], row[4])


class Spdx(Packaging):
    """The bill of materials, held to what SPDX 2.3 demands."""

    SOURCES = {"src/main.c": b"/* SPDX-License-Identifier: MIT */\nint main(void);\n",
               "src/dir/other.h": b"/* SPDX-License-Identifier: MIT */\n",
               "LICENSE": b"MIT License\n", "README.md": b"not in the program\n"}

    def setUp(self):
        super().setUp()
        with tarfile.open(os.path.join(self.directory, "dinit-su-9.8.7.tar.xz"), "w:xz") as tar:
            for name, content in self.SOURCES.items():
                member = tarfile.TarInfo("dinit-su-9.8.7/" + name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        self.write("dinit-su-linux-amd64", b"binary")
        self.write("dinit-su-linux-amd64.packages",
                   b"gcc-12 12.2.0-14+deb12u1 compiler\nbinutils 2.40-2 linker\n"
                   b"libgcc-12-dev 12.2.0-14+deb12u1 runtime\nmusl-dev 1.2.3-1 library\n")
        self.call("spdx", "--epoch", str(EPOCH), "--version", "9.8.7", self.directory)
        with open(os.path.join(self.directory, "dinit-su-linux-amd64.spdx.json")) as file:
            self.document = json.load(file)

    def related(self, kind):
        return sorted((relation["spdxElementId"], relation["relatedSpdxElement"])
                      for relation in self.document["relationships"]
                      if relation["relationshipType"] == kind)

    def test_document(self):
        document = self.document
        self.assertEqual((document["spdxVersion"], document["dataLicense"], document["SPDXID"]),
                         ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"))
        self.assertEqual(document["creationInfo"]["created"], CREATED)
        for creator in document["creationInfo"]["creators"]:
            self.assertRegex(creator, r"^(Tool|Organization|Person): \S")
        # An absolute URI without a fragment.
        self.assertRegex(document["documentNamespace"], r"^[a-z]+:[^#]+$")
        self.assertTrue(document["name"])

    def test_identifiers_are_unique_and_whatever_is_related_is_there(self):
        elements = self.document["packages"] + self.document["files"] + [self.document]
        names = [element["SPDXID"] for element in elements]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertRegex(name, r"^SPDXRef-[A-Za-z0-9.-]+$")
        for relation in self.document["relationships"]:
            self.assertIn(relation["spdxElementId"], names)
            self.assertIn(relation["relatedSpdxElement"], names)

    def test_files(self):
        contents = dict(self.SOURCES, **{"dinit-su-linux-amd64": b"binary"})
        del contents["README.md"]
        self.assertEqual(sorted(file["fileName"] for file in self.document["files"]),
                         sorted("./" + name for name in contents))
        for file in self.document["files"]:
            content = contents[file["fileName"][2:]]
            self.assertEqual({checksum["algorithm"]: checksum["checksumValue"]
                              for checksum in file["checksums"]},
                             {"SHA1": hashlib.sha1(content).hexdigest(),
                              "SHA256": hashlib.sha256(content).hexdigest()})
            for key in ("licenseConcluded", "licenseInfoInFiles", "copyrightText"):
                self.assertTrue(file[key])

    def test_packages(self):
        for package in self.document["packages"]:
            for key in ("name", "versionInfo", "downloadLocation", "licenseConcluded",
                        "licenseDeclared", "copyrightText", "supplier"):
                self.assertTrue(package[key], key)
            self.assertEqual("packageVerificationCode" in package, package["filesAnalyzed"])
            reference, = package["externalRefs"]
            self.assertRegex(reference["referenceLocator"],
                             r"^pkg:(generic|deb/debian)/[a-z0-9.%B-]+@[A-Za-z0-9.%-]+$")
        own = self.document["packages"][0]
        code = "".join(sorted(hashlib.sha1(content).hexdigest()
                              for name, content in self.SOURCES.items() if name != "README.md"))
        self.assertEqual(own["packageVerificationCode"]["packageVerificationCodeValue"],
                         hashlib.sha1(code.encode()).hexdigest())

    def test_what_is_in_the_binary_and_what_made_it(self):
        self.assertEqual(self.related("STATIC_LINK"),
                         [("SPDXRef-Binary", "SPDXRef-Package-library-musl-dev"),
                          ("SPDXRef-Binary", "SPDXRef-Package-runtime-libgcc-12-dev")])
        self.assertEqual(self.related("BUILD_TOOL_OF"),
                         [("SPDXRef-Package-compiler-gcc-12", "SPDXRef-Binary"),
                          ("SPDXRef-Package-linker-binutils", "SPDXRef-Binary")])
        self.assertEqual(len(self.related("CONTAINS")), 3)


class Signature(Packaging):
    def test_minisign(self):
        self.sign("minisign", ["minisign", "-G", "-W", "-p", "key.pub", "-s", "key.sec"],
                  ["minisign", "-V", "-q", "-p", "key.pub", "-m", "SHA256SUMS"])

    def test_signify(self):
        self.sign("signify-openbsd",
                  ["signify-openbsd", "-G", "-n", "-p", "key.pub", "-s", "key.sec"],
                  ["signify-openbsd", "-V", "-q", "-p", "key.pub", "-m", "SHA256SUMS"])

    def sign(self, program, make, verify):
        """As docs/releasing.md says; a file that was changed does not verify."""
        if not shutil.which(program):
            self.skipTest("%s is not installed" % program)
        options = {"cwd": self.directory, "stdout": subprocess.DEVNULL,
                   "stderr": subprocess.DEVNULL}
        subprocess.run(make, check=True, **options)
        path = self.write("SHA256SUMS", b"sums\n")
        self.call("sign", os.path.join(self.directory, "key.sec"), path, "dinit-su 9.8.7")
        subprocess.run(verify, check=True, **options)
        self.write("SHA256SUMS", b"others\n")
        self.assertNotEqual(subprocess.run(verify, **options).returncode, 0)

    def test_something_that_is_no_key(self):
        path = self.write("key", b"a word\n")
        with self.assertRaises(subprocess.CalledProcessError) as caught:
            self.call("sign", path, path, "", stderr=subprocess.PIPE)
        self.assertIn(b"neither of minisign nor of signify", caught.exception.stderr)


class Commit(Packaging):
    def test_of_a_source_archive(self):
        self.write("COMMIT", b"0123456789ab\n")
        self.assertEqual(self.commit(), "0123456789ab")

    def git(self, *arguments):
        if not shutil.which("git"):
            self.skipTest("git is not installed")
        subprocess.run(["git", "-C", self.directory, *arguments], check=True)

    def test_not_that_of_a_checkout_around_it(self):
        self.git("init", "-q")
        inner = os.path.join(self.directory, "inner")
        os.mkdir(inner)
        self.directory = inner
        self.addCleanup(setattr, self, "directory", os.path.dirname(inner))
        self.assertEqual(self.commit(), "")

    def test_of_a_checkout(self):
        self.git("init", "-q")
        self.git("-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "-q",
                 "--allow-empty", "-m", "x")
        self.assertRegex(self.commit(), r"^[0-9a-f]{12}$")
        self.write("file", b"")
        self.git("add", "file")
        self.assertRegex(self.commit(), r"^[0-9a-f]{12}-dirty$")

    def commit(self):
        ended = self.call("commit", self.directory, stdout=subprocess.PIPE)
        return re.sub(r"\n$", "", ended.stdout.decode())
