<?php
// Sends what the PHP SDK of MoovOne sends, by PHP's own stream HTTP and its own JSON.
//
// The SDK itself comes from a registry that the tests do not use. What matters of it is here:
// its functions by name, the key as password of an empty user, and that PHP writes an empty
// array as `[]` where the API means an object, even as the body of a GET. Reads calls as lines
// of JSON, answers each with one line.

declare(strict_types=1);

final class Timekit
{
    public function __construct(private string $url, private string $key)
    {
    }

    public function createResource(array $resource): array
    {
        return $this->send('POST', '/resources', $resource);
    }

    public function getResource(string $id): array
    {
        return $this->send('GET', "/resources/$id?include=availability_constraints");
    }

    public function updateResource(string $id, array $changes): array
    {
        return $this->send('PUT', "/resources/$id", $changes);
    }

    public function deleteResource(string $id): array
    {
        return $this->send('DELETE', "/resources/$id");
    }

    // Not of the SDK: applications that make projects from PHP post them so.
    public function createProject(array $project): array
    {
        return $this->send('POST', '/projects', $project);
    }

    public function getProject(string $id): array
    {
        return $this->send('GET', "/projects/$id", []);
    }

    public function getProjects(string $search): array
    {
        return $this->send('GET', "/projects?search=$search");
    }

    public function getProjectResources(string $id): array
    {
        return $this->send('GET', "/projects/$id/resources");
    }

    public function getAvailabilities(array $query): array
    {
        return $this->send('POST', '/availability', $query);
    }

    public function createBooking(array $booking): array
    {
        return $this->send('POST', '/bookings', $booking);
    }

    public function updateBookingState(string $id, string $action): array
    {
        return $this->send('PUT', "/bookings/$id/$action", []);
    }

    public function deleteBooking(string $id): array
    {
        return $this->send('DELETE', "/bookings/$id");
    }

    private function send(string $method, string $path, ?array $body = null): array
    {
        $authorization = 'Authorization: Basic ' . base64_encode(':' . $this->key);
        $options = [
            'method' => $method,
            'header' => [$authorization, 'Content-Type: application/json'],
            'ignore_errors' => true,
            'timeout' => 15,
        ];
        if ($body !== null) {
            $options['content'] = json_encode($body, JSON_THROW_ON_ERROR);
        }
        $context = stream_context_create(['http' => $options]);
        $text = file_get_contents($this->url . '/v2' . $path, false, $context);
        preg_match('/ (\d{3})/', $http_response_header[0], $status);
        return [
            'status' => (int) $status[1],
            'sent' => $options['content'] ?? null,
            'data' => $text === '' ? null : json_decode($text, false, 512, JSON_THROW_ON_ERROR),
        ];
    }
}

while (($line = fgets(STDIN)) !== false) {
    try {
        $call = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
        $timekit = new Timekit($call['url'], $call['key']);
        $said = $timekit->{$call['call']}(...$call['args']);
    } catch (Throwable $problem) {
        $said = ['broken' => (string) $problem];
    }
    echo json_encode($said, JSON_THROW_ON_ERROR), "\n";
}
