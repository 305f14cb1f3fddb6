"""Keel's random numbers in NumPy, word for word those of core/random.h.

Run it to check it against the known answers of Philox4x32-10.
"""

import numpy as np

MASK = 0xFFFFFFFFFFFFFFFF


def philox(counter, key):
    """Philox4x32-10 of counters [4, n] under one key (two ints): words [4, n], all 32 bits in uint64."""
    c = [np.asarray(word, dtype=np.uint64) for word in counter]
    k = list(key)
    low, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        a = c[0] * np.uint64(0xD2511F53)
        b = c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> shift) ^ c[1] ^ np.uint64(k[0]), b & low,
             (a >> shift) ^ c[3] ^ np.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c)


def mix(v):
    """SplitMix64's finaliser."""
    v = ((v ^ (v >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    v = ((v ^ (v >> 27)) * 0x94D049BB133111EB) & MASK
    return v ^ (v >> 31)


class Rng:
    """keel::Rng: the position counts 32-bit words."""

    def __init__(self, seed=0, stream=0, position=0):
        self.seed, self.stream, self.position = seed, stream, position

    def fork(self, key):
        return Rng(self.seed, mix((self.stream + 0x9E3779B97F4A7C15 * (key + 1)) & MASK))

    def bits(self, n):
        """The next n words."""
        first, last = self.position // 4, (self.position + n + 3) // 4
        block = np.arange(first, last, dtype=np.uint64)
        counter = [block & np.uint64(0xFFFFFFFF), block >> np.uint64(32),
                   np.full_like(block, self.stream & 0xFFFFFFFF),
                   np.full_like(block, self.stream >> 32)]
        words = philox(counter, (self.seed & 0xFFFFFFFF, self.seed >> 32)).T.reshape(-1)
        start = self.position - 4 * first
        self.position += n
        return words[start:start + n]

    def uniform(self, n):
        """The next n numbers in [0, 1), 53 bits from two words each."""
        words = self.bits(2 * n)
        upper, lower = words[0::2] >> np.uint64(5), words[1::2] >> np.uint64(6)
        return ((upper << np.uint64(26)) | lower).astype(np.float64) * 2.0**-53

    def normal(self, n):
        """The next n numbers of N(0, 1), by Box and Muller from two uniform numbers each."""
        u = self.uniform(2 * n)
        return np.sqrt(-2 * np.log(1 - u[0::2])) * np.cos(2 * np.pi * u[1::2])

    def shuffled(self, n):
        """The numbers 0..n-1 in the order that keel::shuffle puts them into."""
        words = self.bits(2 * max(n - 1, 0))
        drawn = (words[0::2] << np.uint64(32)) | words[1::2]
        counts = np.arange(n, 1, -1, dtype=np.uint64)  # of the values each is drawn from
        # What lies above would be drawn anew: it happens once in 2^64 / n draws, and is left out here.
        assert (drawn < counts * (np.uint64(MASK) // counts)).all()
        order = list(range(n))
        for last, other in zip(range(n - 1, 0, -1), (drawn % counts).tolist()):
            order[last], order[other] = order[other], order[last]
        return np.array(order, dtype=np.int64)


def main():
    known = [
        ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
         [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
    ]
    for counter, key, words in known:
        assert philox([[word] for word in counter], key)[:, 0].tolist() == words
    whole, parts = Rng(7, 3).bits(14), Rng(7, 3)
    assert whole.tolist() == [*parts.bits(5), *parts.bits(9)]
    assert Rng().fork(0).stream == 0xE220A8397B1DCDAF  # SplitMix64's first output from seed 0
    print("philox: all known answers hold")


if __name__ == "__main__":
    main()
