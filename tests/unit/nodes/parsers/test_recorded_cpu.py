"""Processors of recorded machines: sockets, cores, threads and model."""

from __future__ import annotations

import pytest

from nodes.parsers import cpuinfo, lscpu
from tests.support.sections import recorded


@pytest.mark.parametrize(
    ("case", "name", "counts"),
    [
        ("hwbench-lscpu-nvme-numa", "cpu_info-v2321.txt", (1, 64, 128)),
        ("hwbench-lscpu-nvme-numa", "cpu_info-cpustorage.txt", (2, 36, 72)),
        ("ohai-lscpu-x86", "lscpu-x86-host.txt", (2, 12, 24)),
        ("ohai-lscpu-x86", "lscpu-x86-host-rhel9.txt", (2, 12, 12)),
        ("ohai-lscpu-x86", "lscpu-x86-host-vuln.txt", (1, 2, 4)),
        ("ohai-lscpu-x86", "lscpu-x86-guest-kvm.txt", (4, 4, 4)),
        ("ohai-lscpu-x86", "lscpu-x86-guest-xen.txt", (1, 1, 4)),
        ("redhat-cip-lshw-lscpu", "lscpu-7302.txt", (1, 16, 32)),
        ("ipa-lshw-cpu", "lscpu.txt", (1, 8, 8)),
        ("ipa-lshw-cpu", "lscpu-no-flags.txt", (1, 6, 12)),
        ("ipa-lshw-cpu", "lscpu-max-mhz.txt", (1, 4, 4)),
        ("redhat-cip-lshw-lscpu", "lscpu.txt", (2, 48, 96)),  # CPU(s) says 1, the list 0-95
        ("redhat-cip-lshw-lscpu", "lscpu-vm.txt", (1, 2, 2)),
    ],
)
def test_lscpu_counts(case, name, counts):
    found = lscpu.parse(recorded(case, name))
    assert (found.sockets, found.cores, found.threads) == counts
    assert found.arch == "x86_64"
    assert "  " not in found.model


@pytest.mark.parametrize(
    ("case", "name", "model", "counts"),
    [
        (
            "ansible-cpuinfo-x86",
            "x86_64-2cpu-cpuinfo",
            "Intel(R) Xeon(R) CPU E5-2680 v2 @ 2.80GHz",
            (2, 2, 2),
        ),
        ("ansible-cpuinfo-x86", "x86_64-4cpu-cpuinfo", "Dual-Core AMD Opteron(tm) Processor 2216", (2, 4, 4)),
        (
            "ansible-cpuinfo-x86",
            "x86_64-8cpu-cpuinfo",
            "Intel(R) Core(TM) i7-4800MQ CPU @ 2.70GHz",
            (1, 4, 8),
        ),
        ("ansible-cpuinfo-power-s390", "s390x-z13-2cpu-cpuinfo", "IBM/S390", (0, 0, 2)),
        ("ansible-cpuinfo-power-s390", "s390x-z14-64cpu-cpuinfo", "IBM/S390", (3, 32, 64)),
        (
            "ansible-cpuinfo-power-s390",
            "ppc64le-power8-24cpu-cpuinfo",
            "POWER8 (architected), altivec supported",
            (0, 0, 24),
        ),
        ("ansible-cpuinfo-power-s390", "sparc-t5-debian-ldom-24vcpu", "UltraSparc T5 (Niagara5)", (0, 0, 24)),
        ("facter-misc", "cpuinfo_wo_physical_id.txt", "Intel(R) Xeon(R) CPU E5-2697 v4 @ 2.30GHz", (0, 0, 4)),
        ("insights-dmidecode-odd", "cpuinfo-arm.txt", "ARMv7 Processor rev 5 (v7l)", (0, 0, 4)),
        (
            "lxd-cpuinfo-x86",
            "cpuinfo_amd64_intel_core_i7_1370p.txt",
            "13th Gen Intel(R) Core(TM) i7-1370P",
            (1, 14, 20),
        ),
        (
            "ansible-cpuinfo-power-s390",
            "ppc64-power7-rhel7-8cpu-cpuinfo",
            "POWER7 (architected), altivec supported",
            (0, 0, 8),
        ),
        ("ipa-lshw-cpu", "cpuinfo.txt", "AMD EPYC 7282 16-Core Processor", (1, 2, 2)),
        ("jc-linux-proc", "cpuinfo", "Intel(R) Core(TM) i5-7360U CPU @ 2.30GHz", (1, 1, 1)),
        ("jc-linux-proc", "cpuinfo2", "Intel(R) Core(TM) i5-8279U CPU @ 2.40GHz", (2, 2, 2)),
        ("node-exporter-proc", "cpuinfo", "Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz", (1, 4, 8)),
        ("facter-misc", "cpuinfo.txt", "Intel(R) Xeon(R) CPU E5-2697 v4 @ 2.30GHz", (1, 4, 4)),
        (
            "insights-dmidecode-odd",
            "cpuinfo-hetero.txt",
            "Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz",
            (2, 2, 2),
        ),
        (
            "lxd-cpuinfo-x86",
            "cpuinfo_amd64_intel_xeon_e5_2683_v4.txt",
            "Intel(R) Xeon(R) CPU E5-2683 v4 @ 2.10GHz",
            (2, 2, 2),
        ),
        ("ohai-lscpu-x86", "cpuinfo-x86-guest-kvm.txt", "QEMU Virtual CPU version 2.5+", (4, 4, 4)),
        ("ohai-lscpu-x86", "cpuinfo-x86-guest-xen.txt", "Intel(R) Xeon(R) CPU L5520 @ 2.27GHz", (1, 1, 4)),
        (
            "ohai-lscpu-x86",
            "cpuinfo-x86-host-vuln.txt",
            "Intel(R) Core(TM) i5-5200U CPU @ 2.20GHz",
            (1, 2, 4),
        ),
    ],
)
def test_cpuinfo_of_every_architecture(case, name, model, counts):
    found = cpuinfo.parse(recorded(case, name))
    assert (found.model, (found.sockets, found.cores, found.threads)) == (model, counts)
