"""A server that lies before it tells the truth: other ids, other questions, answers from another port, then the answer."""
import socket
import struct
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other.bind((sys.argv[1], 0))
print("ready", flush=True)


def answer(query_id, question, address):
    header = struct.pack(">HHHHHH", query_id, 0x8180, 1, 1, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
    return header + question + record


while True:
    query, client = server.recvfrom(4096)
    query_id = struct.unpack(">H", query[:2])[0]
    end = query.index(b"\0", 12) + 5
    question = query[12:end]
    server.sendto(answer(query_id ^ 1, question, "6.6.6.1"), client)
    server.sendto(answer(query_id, b"\x04evil" + question, "6.6.6.2"), client)
    server.sendto(answer(query_id, question[:-4] + b"\0\x1c\0\x01", "6.6.6.3"), client)
    server.sendto(query, client)
    server.sendto(b"\0", client)
    other.sendto(answer(query_id, question, "6.6.6.4"), client)
    server.sendto(answer(query_id, question, "192.0.2.53"), client)
