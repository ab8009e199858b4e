<?php
// Checks signatures of webhooks as the API documentation tells PHP programs to: decode what
// came, encode it again, and compare the HMAC of that. One line of JSON per delivery.

while (($line = fgets(STDIN)) !== false) {
    $delivery = json_decode($line, true);
    $payload = json_encode(json_decode(base64_decode($delivery['body'])));
    $expected = hash_hmac('sha256', $payload, $delivery['secret']);
    echo json_encode([
        'is_genuine' => hash_equals($expected, $delivery['signature']),
        'again' => base64_encode($payload),
    ]), "\n";
    flush();
}
